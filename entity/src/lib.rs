//! Tables of the database, one a file, with their scoped queries.
