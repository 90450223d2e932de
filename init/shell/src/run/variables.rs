//! Variables: values by the number of their name, what programs inherit, what functions keep to themselves.

use alloc::ffi::CString;
use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::names::{Names, Symbol};
use crate::syntax::Bytes;

/// A variable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variable {
    pub(crate) value: Option<Bytes>,
    pub(crate) exported: bool,
    pub(crate) readonly: bool,
}

/// A variable cannot be changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadOnly;

/// All variables.
#[derive(Default)]
pub(crate) struct Variables {
    slots: Vec<Variable>,
    /// What programs inherit, until something of it changes.
    environment: Option<Rc<Vec<CString>>>,
    /// What the functions that run have hidden, the innermost last.
    scopes: Vec<Vec<(Symbol, Variable)>>,
}

impl Variables {
    /// Gives a value.
    #[inline]
    pub(crate) fn get(&self, name: Symbol) -> Option<&Bytes> {
        self.slots.get(name.index())?.value.as_ref()
    }

    /// Gives a variable, if it has a value or a mark.
    pub(crate) fn variable(&self, name: Symbol) -> Option<&Variable> {
        self.slots.get(name.index()).filter(|slot| slot.value.is_some() || slot.exported || slot.readonly)
    }

    /// Gives the numbers of all variables.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = Symbol> + use<> {
        (0..self.slots.len() as u32).map(Symbol)
    }

    fn slot(&mut self, name: Symbol) -> &mut Variable {
        let index = name.index();
        if index >= self.slots.len() {
            self.slots.resize_with(index + 1, Variable::default);
        }
        // The line above has made room.
        &mut self.slots[index]
    }

    /// Sets a value.
    pub(crate) fn set(&mut self, name: Symbol, value: Bytes) -> Result<(), ReadOnly> {
        let slot = self.slot(name);
        if slot.readonly {
            return Err(ReadOnly);
        }
        slot.value = Some(value);
        if slot.exported {
            self.environment = None;
        }
        Ok(())
    }

    /// Takes a variable away.
    pub(crate) fn unset(&mut self, name: Symbol) -> Result<(), ReadOnly> {
        let slot = self.slot(name);
        if slot.readonly {
            return Err(ReadOnly);
        }
        let was_exported = core::mem::take(slot).exported;
        if was_exported {
            self.environment = None;
        }
        Ok(())
    }

    /// Has programs inherit a variable, or not.
    pub(crate) fn export(&mut self, name: Symbol, exported: bool) {
        self.slot(name).exported = exported;
        self.environment = None;
    }

    /// Keeps a variable from changing.
    pub(crate) fn protect(&mut self, name: Symbol) {
        self.slot(name).readonly = true;
    }

    /// Puts a variable back as it was.
    pub(crate) fn restore(&mut self, name: Symbol, variable: Variable) {
        *self.slot(name) = variable;
        self.environment = None;
    }

    /// Gives a copy of a variable, to be put back later.
    pub(crate) fn copy(&self, name: Symbol) -> Variable {
        self.slots.get(name.index()).cloned().unwrap_or_default()
    }

    /// Begins the variables of a function.
    pub(crate) fn enter(&mut self) {
        self.scopes.push(Vec::new());
    }

    /// Ends the variables of a function.
    pub(crate) fn leave(&mut self) {
        for (name, variable) in self.scopes.pop().unwrap_or_default().into_iter().rev() {
            self.restore(name, variable);
        }
    }

    /// Makes a variable the running function's own, which begins with the value it has; false outside functions.
    pub(crate) fn make_local(&mut self, name: Symbol) -> bool {
        let former = self.copy(name);
        let Some(scope) = self.scopes.last_mut() else { return false };
        if !scope.iter().any(|(found, _)| *found == name) {
            scope.push((name, former));
        }
        true
    }

    /// Forgets what programs do not inherit, for a script in a child.
    pub(crate) fn forget_own(&mut self) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            slot.readonly = false;
            let is_shells =
                [Symbol::IFS, Symbol::OPTIND, Symbol::PPID, Symbol::PS1, Symbol::PS2, Symbol::PS4]
                    .contains(&Symbol(index as u32));
            if !slot.exported && !is_shells {
                slot.value = None;
            }
        }
        self.scopes.clear();
    }

    /// Gives what programs inherit.
    pub(crate) fn environment(&mut self, names: &Names) -> Rc<Vec<CString>> {
        if let Some(environment) = &self.environment {
            return environment.clone();
        }
        let exported = self.slots.iter().enumerate().filter(|(_, slot)| slot.exported);
        let strings = exported.filter_map(|(index, slot)| {
            let name = names.name(Symbol(index as u32));
            CString::new([name, b"=", slot.value.as_deref()?].concat()).ok()
        });
        let environment = Rc::new(strings.collect());
        self.environment = Some(Rc::clone(&environment));
        environment
    }
}
