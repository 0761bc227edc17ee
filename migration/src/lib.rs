//! Forward and backward migrations of the database, and its seeds.
