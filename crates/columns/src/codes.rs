//! Enumerations with a stable spelling.

/// Declares an enumeration with the spelling of each variant, so that no list of them can go stale.
macro_rules! codes {
    ($(#[$about:meta])* $enum:ident { $($(#[$doc:meta])* $name:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $enum {
            $($(#[$doc])* $name,)+
        }

        impl $enum {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The spelling in reports and tables.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

pub(crate) use codes;
