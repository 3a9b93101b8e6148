//! Column buffers that no worker uses at the moment.
//!
//! Filling buffers that have grown before is much faster than growing new ones, so they are kept from chunk
//! to chunk. Which log types a chunk holds is not known before it is parsed, and a run may have many of them:
//! what is kept is bounded for all together, and buffers of log types that no longer occur go first.

use std::sync::Arc;

use sawlog_columns::Columns;
use sawlog_schema::Plan;

/// Idle buffers, by log type.
pub(crate) struct IdleColumns {
    pools: Vec<Pool>,
    /// Bytes of all idle buffers, and how many they may be.
    bytes: usize,
    limit: usize,
    /// Counts the buffers that came back with rows.
    clock: u64,
}

/// The idle buffers of one log type.
struct Pool {
    plan: Arc<Plan>,
    /// Each with its size in bytes.
    idle: Vec<(Columns, usize)>,
    /// When one last came back that had held rows.
    last_filled: u64,
}

impl IdleColumns {
    /// Keeps at most so many bytes of buffers.
    pub(crate) fn new(plans: &[Arc<Plan>], limit: usize) -> Self {
        let pool = |plan| Pool { plan: Arc::clone(plan), idle: Vec::new(), last_filled: 0 };
        Self { pools: plans.iter().map(pool).collect(), bytes: 0, limit, clock: 0 }
    }

    /// Empty buffers, for each log type one.
    pub(crate) fn take(&mut self) -> Vec<Columns> {
        let mut all = Vec::with_capacity(self.pools.len());
        for pool in &mut self.pools {
            all.push(match pool.idle.pop() {
                Some((columns, bytes)) => {
                    self.bytes -= bytes;
                    columns
                }
                None => Columns::new(&pool.plan, false),
            });
        }
        all
    }

    /// Takes back the buffers of a log type, by its number, with or without rows.
    pub(crate) fn give_back(&mut self, number: usize, mut columns: Columns) {
        let pool = &mut self.pools[number];
        if !columns.rows().is_empty() {
            self.clock += 1;
            pool.last_filled = self.clock;
        }
        columns.clear();
        let bytes = columns.heap_bytes();
        self.bytes += bytes;
        pool.idle.push((columns, bytes));
        while self.bytes > self.limit {
            let idle = self.pools.iter_mut().filter(|pool| !pool.idle.is_empty());
            let Some(oldest) = idle.min_by_key(|pool| pool.last_filled) else { break };
            self.bytes -= oldest.idle.pop().map_or(0, |(_, bytes)| bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use sawlog_columns::{Row, Sink};

    use super::*;

    fn plans() -> Vec<Arc<Plan>> {
        let plan = |name: &str| {
            let yaml = format!("{{schema: Custom.{name}, fields: [{{name: text, type: string}}]}}");
            Arc::new(Plan::new(sawlog_schema::load(&yaml, "test.yml").log_type.unwrap()))
        };
        vec![plan("One"), plan("Two")]
    }

    fn fill(columns: &mut Columns, rows: u32) {
        for at in 0..rows {
            columns.text(1, at, "some text");
            let row = Row { event_time: None, source: 0, byte_offset: 0 };
            columns.commit(row, None, []);
        }
    }

    /// Bytes of what is kept of each log type.
    fn kept(idle: &IdleColumns) -> Vec<usize> {
        idle.pools.iter().map(|pool| pool.idle.iter().map(|(_, bytes)| bytes).sum()).collect()
    }

    #[test]
    fn buffers_come_back_empty_and_keep_their_memory() {
        let mut idle = IdleColumns::new(&plans(), 1 << 20);
        let mut all = idle.take();
        fill(&mut all[0], 100);
        let bytes = all[0].heap_bytes();
        let second = all.pop().unwrap();
        idle.give_back(1, second);
        idle.give_back(0, all.remove(0));
        assert_eq!(kept(&idle), [bytes, 0]);
        let again = idle.take();
        assert_eq!((again[0].heap_bytes(), again[0].rows().len(), idle.bytes), (bytes, 0, 0));
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_no_longer_occurs_goes_first() {
        let rows = 1000;
        let of_one = {
            let mut columns = Columns::new(&plans()[0], false);
            fill(&mut columns, rows);
            columns.heap_bytes()
        };
        let mut idle = IdleColumns::new(&plans(), 3 * of_one);
        let return_filled = |idle: &mut IdleColumns, plan: usize, count: usize| {
            let mut taken: Vec<Vec<Columns>> = (0..count).map(|_| idle.take()).collect();
            for all in &mut taken {
                fill(&mut all[plan], rows);
            }
            for (plan, columns) in taken.into_iter().flat_map(|all| all.into_iter().enumerate()) {
                idle.give_back(plan, columns);
            }
        };
        return_filled(&mut idle, 0, 5);
        assert_eq!(kept(&idle), [3 * of_one, 0]);
        return_filled(&mut idle, 1, 2);
        assert_eq!(kept(&idle), [of_one, 2 * of_one]);
        return_filled(&mut idle, 1, 4);
        assert_eq!(kept(&idle), [0, 3 * of_one]);
    }
}
