//! One setting from whichever source gives it: flag, environment, file.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use super::fault::{Faults, Origin};
use super::file::File;
use super::setting::Setting;

/// Smallest and largest amount of money, in whatever currency.
const AMOUNT: RangeInclusive<f64> = 0.0..=1e9;

/// The three sources, and the faults found so far.
pub(super) struct Sources<'a> {
    environment: BTreeMap<String, String>,
    file: File,
    faults: &'a mut Faults,
}

impl<'a> Sources<'a> {
    pub(super) fn new(environment: BTreeMap<String, String>, file: File, faults: &'a mut Faults) -> Self {
        Self {
            environment,
            file,
            faults,
        }
    }

    fn find(&mut self, setting: Setting, flag: Option<String>) -> Option<(String, Origin)> {
        // The file's field counts as known even when another source wins over it.
        let field = self.file.take(setting.field);
        if let Some(value) = flag {
            return Some((value, Origin::Flag(setting.flag)));
        }
        if let Some(value) = self
            .environment
            .get(setting.variable)
            .filter(|value| !value.is_empty())
        {
            return Some((value.clone(), Origin::Variable(setting.variable)));
        }
        let field = field?;
        let origin = self.file.origin(setting.field, field.line);
        if field.text.is_none() {
            self.faults
                .add(origin.clone(), "must be a string, a number, true or false");
        }
        field.text.map(|text| (text, origin))
    }

    /// The setting as it is; an empty flag or field is a fault.
    pub(super) fn text(&mut self, setting: Setting, flag: Option<String>) -> Option<String> {
        self.parsed(setting, flag)
    }

    /// The setting as a `T`.
    pub(super) fn parsed<T>(&mut self, setting: Setting, flag: Option<String>) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        let (value, origin) = self.find(setting, flag)?;
        if value.trim().is_empty() {
            self.faults.add(origin, "must not be empty");
            return None;
        }
        value.parse().map_err(|error| self.faults.add(origin, error)).ok()
    }

    /// The setting as a whole number in `range`.
    pub(super) fn number(
        &mut self,
        setting: Setting,
        flag: Option<String>,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let (value, origin) = self.find(setting, flag)?;
        let number = value.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.faults.add(
                origin,
                format!("must be a whole number from {} to {}", range.start(), range.end()),
            );
        }
        number
    }

    /// The setting as an amount of money, 0 or more.
    pub(super) fn amount(&mut self, setting: Setting) -> Option<f64> {
        self.amount_unless(setting, None)
    }

    /// The same; a fault when there is something against it.
    pub(super) fn amount_unless(&mut self, setting: Setting, fault: Option<&str>) -> Option<f64> {
        let (value, origin) = self.find(setting, None)?;
        if let Some(fault) = fault {
            self.faults.add(origin, fault);
            return None;
        }
        let amount = value.parse().ok().filter(|amount| AMOUNT.contains(amount));
        if amount.is_none() {
            self.faults.add(
                origin,
                format!("must be a number from {} to {}", AMOUNT.start(), AMOUNT.end()),
            );
        }
        amount
    }

    /// The setting as true or false.
    pub(super) fn flag(&mut self, setting: Setting) -> Option<bool> {
        let (value, origin) = self.find(setting, None)?;
        let flag = value.parse().ok();
        if flag.is_none() {
            self.faults.add(origin, "must be true or false");
        }
        flag
    }

    /// Where fetched things are kept when nothing is said: the user's cache folder.
    pub(super) fn default_cache(&self) -> PathBuf {
        let set = |variable| self.environment.get(variable).filter(|value| !value.is_empty());
        set("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".cache")))
            .unwrap_or_else(std::env::temp_dir)
            .join("troupe")
    }

    /// Where the user's programs keep their data.
    pub(super) fn data_folder(&self) -> Option<PathBuf> {
        let set = |variable| self.environment.get(variable).filter(|value| !value.is_empty());
        let folder = set("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".local/share")))?;
        Some(folder.join("troupe"))
    }

    /// Faults for everything in the file that is no setting. Call it when all settings were asked for.
    pub(super) fn report_unknown_fields(self) {
        for origin in self.file.rest() {
            self.faults
                .add(origin, "is no setting; see README.md for their names");
        }
    }
}
