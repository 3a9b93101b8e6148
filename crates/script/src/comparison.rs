//! The operators that compare and search, once what they look at is paid for.

use std::cmp::Ordering;

use starlark::environment::GlobalsBuilder;
use starlark::starlark_module;
use starlark::values::Value;

use crate::work::{spend_comparison, spend_search};

#[starlark_module]
pub(crate) fn comparisons(builder: &mut GlobalsBuilder) {
    fn sawlog_equal<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        equals(a, b)
    }

    fn sawlog_unequal<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        equals(a, b).map(|equal| !equal)
    }

    fn sawlog_less<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        compare(a, b).map(Ordering::is_lt)
    }

    fn sawlog_at_most<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        compare(a, b).map(Ordering::is_le)
    }

    fn sawlog_greater<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        compare(a, b).map(Ordering::is_gt)
    }

    fn sawlog_at_least<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        compare(a, b).map(Ordering::is_ge)
    }

    fn sawlog_in<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        is_in(a, b)
    }

    fn sawlog_not_in<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        is_in(a, b).map(|found| !found)
    }
}

fn equals<'v>(a: Value<'v>, b: Value<'v>) -> starlark::Result<bool> {
    spend_comparison(a, b)?;
    a.equals(b)
}

pub(crate) fn compare<'v>(a: Value<'v>, b: Value<'v>) -> starlark::Result<Ordering> {
    spend_comparison(a, b)?;
    a.compare(b)
}

fn is_in<'v>(item: Value<'v>, container: Value<'v>) -> starlark::Result<bool> {
    spend_search(item, container)?;
    container.is_in(item)
}
