//! From one list of thresholds to the struct, its defaults and the table.

macro_rules! thresholds {
    ($($(#[doc = $why:literal])+ $name:ident: $kind:ty = $default:literal in $min:literal..=$max:literal;)+) => {
        /// Every threshold of a conversation; [`Tuning::TABLE`] has units, bounds and reasons.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Tuning {
            $($(#[doc = $why])+ pub $name: $kind,)+
        }

        impl Default for Tuning {
            fn default() -> Self {
                Self { $($name: <$kind as Value>::from_number($default),)+ }
            }
        }

        impl Tuning {
            /// All thresholds, in the order of their documents.
            pub const TABLE: &[Threshold] = &[$(Threshold {
                name: stringify!($name),
                unit: <$kind as Value>::UNIT,
                default: $default,
                min: $min,
                max: $max,
                why: concat!($($why),+),
            },)+];

            /// The value of a threshold in its unit.
            pub fn get(&self, name: &str) -> Option<f64> {
                match name {
                    $(stringify!($name) => Some(self.$name.number()),)+
                    _ => None,
                }
            }

            /// Sets a threshold that was checked.
            fn put(&mut self, name: &str, value: f64) {
                match name {
                    $(stringify!($name) => self.$name = Value::from_number(value),)+
                    _ => {}
                }
            }
        }
    };
}

pub(super) use thresholds;
