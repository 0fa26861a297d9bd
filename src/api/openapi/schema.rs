//! Schemas of request bodies and parameters, each the counterpart of what `Fields` and `Params` check.

use std::ops::RangeInclusive;

use serde_json::Value;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Object, RefOr};

use crate::api::fields::{LANGUAGE_CHARS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::protocol::Ambience;
use crate::rooms::room::AGENT_PREFIX;

/// Control characters besides newline and tab, for use between brackets.
macro_rules! control {
    () => {
        r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
    };
}

/// Any text that holds no control characters.
const TEXT: &str = concat!("^[^", control!(), "]*$");
/// The same with something in it besides white space.
const FILLED: &str = concat!("^[^", control!(), r"]*[^\s", control!(), "][^", control!(), "]*$");
/// A letter or digit.
macro_rules! solid {
    () => {
        r"[\p{L}\p{N}]"
    };
}
/// A word: a letter or digit at both ends.
const WORD: &str = concat!("^", solid!(), "([^", control!(), "]*", solid!(), ")?$");
/// One `provider:model`.
macro_rules! model {
    () => {
        concat!(
            "[^",
            control!(),
            r":,]*[^\s:,",
            control!(),
            "][^",
            control!(),
            ":,]*:[^",
            control!(),
            r",]*[^\s,",
            control!(),
            "][^",
            control!(),
            ",]*"
        )
    };
}
/// `provider:model`, several with commas between, or white space.
const MODELS_OR_BLANK: &str = concat!("^(", model!(), "(,", model!(), r")*|[^\S", control!(), "]*)$");
/// A BCP 47 tag: a primary language and subtags.
const LANGUAGE: &str = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";
/// Visible ASCII, spaces inside.
const HEADER: &str = "^[!-~]([ -~]*[!-~])?$";

/// Any string.
pub(in crate::api) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// Any string, or null.
pub(in crate::api) fn nullable_string() -> ObjectBuilder {
    string().schema_type(nullable(Type::String))
}

/// Text, perhaps empty.
pub(in crate::api) fn text(chars_max: usize) -> ObjectBuilder {
    string().max_length(Some(chars_max)).pattern(Some(TEXT))
}

/// Text with something in it.
pub(in crate::api) fn filled(chars_max: usize) -> ObjectBuilder {
    string()
        .min_length(Some(1))
        .max_length(Some(chars_max))
        .pattern(Some(FILLED))
}

/// A name without a limit of its own.
pub(in crate::api) fn name() -> ObjectBuilder {
    filled(NAME_CHARS_MAX)
}

/// A person's identity in LiveKit: a name that no character has.
pub(in crate::api) fn identity() -> ObjectBuilder {
    name().pattern(Some(format!("^(?!{AGENT_PREFIX}){}", &FILLED[1..])))
}

/// A name without a limit of its own, where null and emptiness mean the same as no such field.
pub(in crate::api) fn nullable_name() -> ObjectBuilder {
    text(NAME_CHARS_MAX).schema_type(nullable(Type::String))
}

/// Text without a limit of its own, where null and emptiness mean the same as no such field.
pub(in crate::api) fn nullable_text() -> ObjectBuilder {
    text(TEXT_CHARS_MAX).schema_type(nullable(Type::String))
}

/// `provider:model`, or several with commas between; null and emptiness mean that there is none.
pub(in crate::api) fn model() -> ObjectBuilder {
    string()
        .schema_type(nullable(Type::String))
        .max_length(Some(NAME_CHARS_MAX))
        .pattern(Some(MODELS_OR_BLANK))
}

/// A BCP 47 tag.
pub(in crate::api) fn language(chars_max: usize) -> ObjectBuilder {
    string().max_length(Some(chars_max)).pattern(Some(LANGUAGE))
}

/// A BCP 47 tag, or null.
pub(in crate::api) fn nullable_language() -> ObjectBuilder {
    language(LANGUAGE_CHARS_MAX).schema_type(nullable(Type::String))
}

/// One of these words, or null.
pub(in crate::api) fn nullable_choice(words: &[&str]) -> ObjectBuilder {
    let words = words.iter().map(|word| Value::from(*word)).chain([Value::Null]);
    ObjectBuilder::new()
        .schema_type(nullable(Type::String))
        .enum_values(Some(words))
}

/// What a room's place sounds like.
pub(in crate::api) fn ambience() -> ObjectBuilder {
    choice(Ambience::WORDS.map(|(word, _)| word))
}

/// A UUID.
pub(in crate::api) fn uuid() -> ObjectBuilder {
    string().format(Some(SchemaFormat::Custom("uuid".to_owned())))
}

/// The value of a header.
pub(in crate::api) fn header(chars_max: usize) -> ObjectBuilder {
    string()
        .min_length(Some(1))
        .max_length(Some(chars_max))
        .pattern(Some(HEADER))
}

/// A point in time.
pub(in crate::api) fn time() -> ObjectBuilder {
    string().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}

/// One of these words.
pub(in crate::api) fn choice<const N: usize>(words: [&str; N]) -> ObjectBuilder {
    string().enum_values(Some(words))
}

/// A number in a range.
pub(in crate::api) fn number(range: &RangeInclusive<f64>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(*range.start()))
        .maximum(Some(*range.end()))
}

/// A whole number in a range.
pub(in crate::api) fn whole(range: &RangeInclusive<u32>) -> ObjectBuilder {
    from_to(u64::from(*range.start()), u64::from(*range.end()))
}

/// A whole number from `least` to `most`.
pub(in crate::api) fn from_to(least: u64, most: u64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(least))
        .maximum(Some(most))
}

/// A whole number from `least` to `most`, or null.
pub(in crate::api) fn nullable_from_to(least: u64, most: u64) -> ObjectBuilder {
    from_to(least, most).schema_type(nullable(Type::Integer))
}

/// Any number that counts something.
pub(in crate::api) fn count() -> ObjectBuilder {
    from_to(0, u64::MAX)
}

/// True or false.
pub(in crate::api) fn boolean() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// Up to `count_max` items.
pub(in crate::api) fn list(items: impl Into<RefOr<Schema>>, count_max: usize) -> ArrayBuilder {
    ArrayBuilder::new().items(items.into()).max_items(Some(count_max))
}

/// An object of up to `count_max` texts under names of the client's choice.
pub(in crate::api) fn text_map(count_max: usize, chars_max: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .max_properties(Some(count_max))
        .property_names(Some(filled(chars_max)))
        .additional_properties(Some(filled(chars_max)))
}

/// The same under words.
pub(in crate::api) fn word_map(count_max: usize, chars_max: usize) -> ObjectBuilder {
    text_map(count_max, chars_max).property_names(Some(filled(chars_max).pattern(Some(WORD))))
}

fn nullable(kind: Type) -> SchemaType {
    SchemaType::from_iter([kind, Type::Null])
}

/// An object of known fields alone: a request's body, or a part of one.
pub(in crate::api) struct Body(ObjectBuilder);

impl Body {
    /// An object without fields yet.
    pub(in crate::api) fn new(description: &str) -> Self {
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(description))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
        Self(object)
    }

    /// Further fields are taken and ignored.
    pub(in crate::api) fn open(self) -> Self {
        Self(
            self.0
                .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true))),
        )
    }

    /// There may be `null` in its place.
    pub(in crate::api) fn or_null(self) -> Self {
        Self(self.0.schema_type(nullable(Type::Object)))
    }

    /// Adds a field that must be there.
    pub(in crate::api) fn needs(self, field: &str, about: &str, schema: impl Into<Schema>) -> Self {
        let Self(object) = self.may(field, about, schema);
        Self(object.required(field))
    }

    /// Adds a field that may be left out.
    pub(in crate::api) fn may(self, field: &str, about: &str, schema: impl Into<Schema>) -> Self {
        let mut schema = schema.into();
        match &mut schema {
            Schema::Object(object) => object.description = Some(about.to_owned()),
            Schema::Array(array) => array.description = Some(about.to_owned()),
            _ => {}
        }
        Self(self.0.property(field, schema))
    }
}

impl From<Body> for Schema {
    fn from(body: Body) -> Self {
        Object::from(body.0).into()
    }
}

impl From<Body> for RefOr<Schema> {
    fn from(body: Body) -> Self {
        RefOr::T(body.into())
    }
}

/// Makes a type whose only use is `request_body = …`: its schema is the expression.
macro_rules! described {
    ($(#[$about:meta])* $name:ident, $schema:expr) => {
        $(#[$about])*
        pub(in crate::api) struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}
pub(in crate::api) use described;

described!(
    /// A file as it is.
    File,
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
        .description(Some("A file."))
);

described!(
    /// A body that says nothing, and may be left out.
    Nothing,
    Body::new("Nothing: an object without fields, or no body at all.")
);
