//! Attendance logs as a file holds them: everything that a list's filter shows, oldest day first. A CSV of them comes out of the
//! database ready-made, since nothing is faster than `COPY`.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::PostgresQueryBuilder;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::measures::WORKED_MINUTES;
use super::{Column, Entity, Filter, list};

/// The logs of a filter, oldest day first, to be streamed.
#[must_use]
pub fn oldest_first(filter: &Filter) -> Select<Entity> {
    list::filtered(filter).order_by_asc(Column::Date).order_by_asc(Column::Id)
}

/// How many logs a filter shows.
///
/// # Errors
/// The database is out of reach.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    list::filtered(filter).count(db).await
}

/// The columns of a file, in their order, as SQL that yields the texts of a CSV.
fn texts() -> [Expr; 14] {
    let worked = format!("{WORKED_MINUTES} / 60 || ':' || lpad(({WORKED_MINUTES} % 60)::text, 2, '0')");
    [
        Column::Date.into_expr(),
        Column::EmployeeId.into_expr(),
        Column::Name.into_expr(),
        Column::Department.into_expr(),
        Expr::cust("initcap(status)"),
        Expr::cust("left(time_in::text, 8)"),
        Expr::cust("left(time_out::text, 8)"),
        Expr::cust(worked),
        Expr::cust("coalesce(camera_name, camera_id)"),
        Expr::cust("round(accuracy::numeric, 1)"),
        Expr::cust("initcap(source)"),
        Expr::cust("initcap(odoo_status)"),
        Column::Note.into_expr(),
        Column::Id.into_expr(),
    ]
}

/// The statement that copies the logs of a filter out of the database as CSV, one row a message and without a heading. `COPY` takes
/// no parameters, so the filter's values are written into it as literals, by the same builder that writes every other query.
#[must_use]
pub fn copy_statement(filter: &Filter) -> String {
    let columns = texts().into_iter().enumerate();
    let select = columns.fold(oldest_first(filter).select_only(), |select, (place, text)| {
        select.expr_as(text, format!("c{place}"))
    });
    format!("COPY ({}) TO STDOUT WITH (FORMAT csv)", select.as_query().to_string(PostgresQueryBuilder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_cannot_leave_its_literal() {
        let hostile = r"x'; DROP TABLE users; -- \' $1 %";
        let filter = Filter {
            department: Some(hostile.to_owned()),
            search: Some(hostile.to_owned()),
            ..Filter::default()
        };
        let statement = copy_statement(&filter);
        assert!(statement.contains(r"E'x\'; DROP TABLE users; -- \\\' $1 %'"), "{statement}");
    }
}
