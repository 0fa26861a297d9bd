//! Brings a database's tables to what this version expects.
//!
//! Migrations are numbered pairs in `migrations/`. A server applies those that are missing when it starts; one
//! whose file begins with [`BY_HAND`] waits for `troupe migrate`, because servers of the version before can't
//! work with what it leaves.

use std::collections::BTreeMap;

use sqlx::migrate::{Migrate, MigrateError, Migration, Migrator};

/// First line of a migration that no server applies by itself.
const BY_HAND: &str = "-- by hand";
/// Where sqlx keeps what was applied.
const TABLE: &str = "_sqlx_migrations";

/// Which migrations may be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apply {
    /// Those that servers of the version before can live with; all of them on an empty database.
    WhenSafe,
    /// All.
    All,
}

/// An applied migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// In this order; none when nothing was missing.
    pub applied: Vec<Step>,
    /// The schema's version now.
    pub version: i64,
}

/// Why the tables are not what this version expects.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer version of the program was here.
    #[error(
        "its schema has version {schema} and this program knows versions up to {known}; use a newer program, or \
         restore a backup from before the upgrade"
    )]
    Newer {
        /// The database's.
        schema: i64,
        /// The program's.
        known: i64,
    },
    /// Another program, or a changed build, wrote the schema.
    #[error("its migration {0} is not the one of this program; this database belongs to another build")]
    Changed(i64),
    /// Older servers must be stopped first.
    #[error("migration {0} can't be applied while older servers run; stop them and run `troupe migrate`")]
    ByHand(i64),
    /// Another program left it so.
    #[error("migration {0} was begun and not finished; restore a backup")]
    Unfinished(i64),
    /// The database refused a migration. It is as it was before that one.
    #[error("apply migration {version}: {source}")]
    Failed {
        /// Which one.
        version: i64,
        /// What the database said.
        source: MigrateError,
    },
    /// What was applied can't be read.
    #[error("read what was applied: {0}")]
    Read(#[from] MigrateError),
}

impl MigrationError {
    /// The database did not answer.
    pub(super) fn read(error: sqlx::Error) -> Self {
        Self::Read(error.into())
    }
}

/// Applies what is missing of `known`, in a transaction each. Only one process may do so at a time: a database
/// without a lock for that (SQLite) gives a connection that holds its write lock.
pub(super) async fn migrate(
    known: &Migrator,
    connection: &mut impl Migrate,
    apply: Apply,
) -> Result<Migrated, MigrationError> {
    // Two servers that start together go one after the other.
    connection.lock().await?;
    let outcome = migrate_locked(known, connection, apply).await;
    // With the connection the lock goes anyway.
    let unlocked = connection.unlock().await;
    let migrated = outcome?;
    unlocked?;
    Ok(migrated)
}

async fn migrate_locked(
    known: &Migrator,
    connection: &mut impl Migrate,
    apply: Apply,
) -> Result<Migrated, MigrationError> {
    connection.ensure_migrations_table(TABLE).await?;
    if let Some(version) = connection.dirty_version(TABLE).await? {
        return Err(MigrationError::Unfinished(version));
    }
    let known: Vec<&Migration> = known
        .iter()
        .filter(|migration| !migration.migration_type.is_down_migration())
        .collect();
    let mut applied = Vec::new();
    for migration in missing(&known, &present(connection).await?, apply)? {
        let outcome = connection.apply(TABLE, migration).await;
        outcome.map_err(|source| MigrationError::Failed {
            version: migration.version,
            source,
        })?;
        applied.push(Step {
            version: migration.version,
            name: migration.description.to_string(),
        });
    }
    Ok(Migrated {
        applied,
        version: latest(&known),
    })
}

type Present = BTreeMap<i64, Vec<u8>>;

async fn present(connection: &mut impl Migrate) -> Result<Present, MigrationError> {
    let applied = connection.list_applied_migrations(TABLE).await?;
    Ok(applied
        .into_iter()
        .map(|migration| (migration.version, migration.checksum.to_vec()))
        .collect())
}

fn latest(known: &[&Migration]) -> i64 {
    known.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Which of `known` have to be applied to a database where `present` were.
fn missing<'a>(
    known: &[&'a Migration],
    present: &Present,
    apply: Apply,
) -> Result<Vec<&'a Migration>, MigrationError> {
    if let Some(schema) = present
        .keys()
        .rev()
        .find(|version| known.iter().all(|migration| migration.version != **version))
    {
        return Err(MigrationError::Newer {
            schema: *schema,
            known: latest(known),
        });
    }
    let mut missing = Vec::new();
    for migration in known {
        match present.get(&migration.version) {
            Some(checksum) if *checksum == *migration.checksum => {}
            Some(_) => return Err(MigrationError::Changed(migration.version)),
            None if apply == Apply::WhenSafe && !present.is_empty() && by_hand(migration) => {
                return Err(MigrationError::ByHand(migration.version));
            }
            None => missing.push(*migration),
        }
    }
    Ok(missing)
}

fn by_hand(migration: &Migration) -> bool {
    migration.sql.as_str().starts_with(BY_HAND)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use sqlx::SqlSafeStr;
    use sqlx::migrate::{Migration, MigrationType};

    use super::{Apply, MigrationError, Present, missing};

    fn migration(version: i64, sql: &'static str) -> Migration {
        Migration::new(
            version,
            "name".into(),
            MigrationType::ReversibleUp,
            sql.into_sql_str(),
            false,
        )
    }

    fn present(applied: &[&Migration]) -> Present {
        applied
            .iter()
            .map(|migration| (migration.version, migration.checksum.to_vec()))
            .collect()
    }

    #[test]
    fn what_is_missing_is_applied_in_order() {
        let all = [migration(1, "a"), migration(2, "b"), migration(3, "c")];
        let known: Vec<&Migration> = all.iter().collect();
        let versions = |applied: &[&Migration]| -> Vec<i64> {
            missing(&known, &present(applied), Apply::WhenSafe)
                .unwrap()
                .iter()
                .map(|migration| migration.version)
                .collect()
        };
        assert_eq!(versions(&[]), [1, 2, 3]);
        assert_eq!(versions(&[&all[0], &all[2]]), [2]);
        assert!(versions(&known).is_empty());
    }

    #[test]
    fn a_schema_of_a_newer_or_another_program_is_refused() {
        let old = migration(1, "a");
        let (newer, other) = (migration(2, "b"), migration(1, "z"));
        let refused = |applied: &[&Migration]| missing(&[&old], &present(applied), Apply::All).unwrap_err();
        assert!(matches!(
            refused(&[&old, &newer]),
            MigrationError::Newer { schema: 2, known: 1 }
        ));
        assert!(matches!(refused(&[&other]), MigrationError::Changed(1)));
    }

    #[test]
    fn what_older_servers_cannot_live_with_waits_for_the_operator() {
        let all = [migration(1, "a"), migration(2, "-- by hand\nb")];
        let known: Vec<&Migration> = all.iter().collect();
        let at_start = |applied: &[&Migration]| missing(&known, &present(applied), Apply::WhenSafe);
        assert!(matches!(at_start(&[&all[0]]), Err(MigrationError::ByHand(2))));
        assert_eq!(
            at_start(&[]).unwrap().len(),
            2,
            "nobody works with an empty database"
        );
        assert_eq!(
            missing(&known, &present(&[&all[0]]), Apply::All).unwrap().len(),
            1
        );
    }
}
