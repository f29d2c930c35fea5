//! std::collections.

pub use crate::binary_heap;
pub use crate::binary_heap::BinaryHeap;
pub use crate::btree_map;
pub use crate::btree_map::BTreeMap;
pub use crate::btree_set;
pub use crate::btree_set::BTreeSet;
pub use crate::hash_map;
pub use crate::hash_map::HashMap;
pub use crate::hash_set;
pub use crate::hash_set::HashSet;
pub use crate::vec_deque;
pub use crate::vec_deque::VecDeque;
