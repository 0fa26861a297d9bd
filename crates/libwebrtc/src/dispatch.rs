/// Writes methods of an enum that call the method of the same name on whatever variant there is.
///
/// `enum_dispatch!([A, B]; pub fn id(self: &Self) -> String;)`. `livekit` uses it for its own enums.
#[macro_export]
macro_rules! enum_dispatch {
    ($variants:tt; $($visibility:vis fn $name:ident $arguments:tt -> $result:ty;)+) => {
        $($crate::enum_dispatch!(@method $variants, $visibility $name $arguments $result);)+
    };
    (@method $variants:tt, $visibility:vis $name:ident
        ($receiver:ident: $receiver_type:ty $(, $argument:ident: $kind:ty)* $(,)?) $result:ty) => {
        #[inline]
        $visibility fn $name($receiver: $receiver_type $(, $argument: $kind)*) -> $result {
            $crate::enum_dispatch!(@body $variants, $receiver $name ($($argument),*))
        }
    };
    // The arguments travel as one token tree, so that they need not repeat in step with the variants.
    (@body [$($variant:ident),+], $receiver:ident $name:ident $arguments:tt) => {
        match $receiver { $(Self::$variant(inner) => inner.$name $arguments,)+ }
    };
}
