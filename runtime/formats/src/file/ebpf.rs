//! Programs of eBPF, the kernel's own processor: written instruction by instruction, with labels in place of distances
//! (`Documentation/bpf/standardization/instruction-set.rst` of the kernel).
//!
//! An instruction is a word of 64 bits: from the lowest byte on the operation, two registers of four bits each, a distance of 16
//! bits and a number of 32. It is in the order of little-endian processors, which all of ours are.

/// A register: the result of calls (0), their arguments (1 to 5), what calls keep (6 to 9), the end of the stack (10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the processor's own names")]
pub enum Register {
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}

/// How much is loaded or stored; all but eight bytes leave the rest of a register zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Four bytes (BPF_W).
    Four = 0x00,
    /// Two (BPF_H).
    Two = 0x08,
    /// One (BPF_B).
    One = 0x10,
    /// Eight (BPF_DW).
    Eight = 0x18,
}

/// What is done to a register, with 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what it says")]
pub enum Operation {
    Add = 0x00,
    Subtract = 0x10,
    Multiply = 0x20,
    Divide = 0x30,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
    Remainder = 0x90,
    ExclusiveOr = 0xa0,
    Set = 0xb0,
}

/// When a jump is taken; numbers have no sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what it says")]
pub enum Condition {
    Equal = 0x10,
    Greater = 0x20,
    GreaterOrEqual = 0x30,
    AnyBit = 0x40,
    NotEqual = 0x50,
    Less = 0xa0,
    LessOrEqual = 0xb0,
}

/// The second operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A register.
    Register(Register),
    /// A number, extended by its sign.
    Number(i32),
}

impl From<Register> for Operand {
    fn from(register: Register) -> Self {
        Self::Register(register)
    }
}

impl From<i32> for Operand {
    fn from(number: i32) -> Self {
        Self::Number(number)
    }
}

/// A function of the kernel's that programs may call, by its number (`BPF_FUNC_…` of linux/bpf.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Helper(pub i32);

impl Helper {
    /// Finds the value of a key: a map, the address of the key; gives the value's address or 0.
    pub const MAP_LOOKUP: Self = Self(1);
    /// Sets it: a map, the addresses of key and value, 0.
    pub const MAP_UPDATE: Self = Self(2);
    /// Takes a key away: a map, the address of the key.
    pub const MAP_DELETE: Self = Self(3);
    /// Gives the nanoseconds since the start.
    pub const TIME: Self = Self(5);
    /// Gives the process in the high 32 bits, the thread in the low ones.
    pub const PROCESS: Self = Self(14);
    /// bpf_ringbuf_output: puts a record into a ring (R1 the ring, R2 where it is, R3 how long, R4 flags).
    pub const RING_OUTPUT: Self = Self(130);
}

/// A place in a program, by a number of the caller's below [`LABELS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(pub u8);

/// How many labels a program can have, and how many jumps to them.
pub const LABELS: usize = 64;

/// Why there is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has more instructions, labels or jumps than there is room for.
    TooLong,
    /// A jump goes to a label that is nowhere.
    NoSuchLabel(Label),
    /// A label is in two places.
    TwoPlaces(Label),
}

/// A program of at most so many instructions.
#[derive(Clone, Debug)]
pub struct Program<const MOST: usize> {
    words: [u64; MOST],
    length: usize,
    places: [Option<u16>; LABELS],
    jumps: [(u16, Label); LABELS],
    jump_count: usize,
    fault: Option<Fault>,
}

impl<const MOST: usize> Default for Program<MOST> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const MOST: usize> Program<MOST> {
    /// Begins one.
    pub const fn new() -> Self {
        Self {
            words: [0; MOST],
            length: 0,
            places: [None; LABELS],
            jumps: [(0, Label(0)); LABELS],
            jump_count: 0,
            fault: None,
        }
    }

    /// Does something to a register.
    pub fn act(&mut self, operation: Operation, on: Register, with: impl Into<Operand>) -> &mut Self {
        self.either(0x07 | operation as u8, on, with.into(), 0)
    }

    /// Loads from an address with a distance.
    pub fn load(&mut self, width: Width, to: Register, from: Register, distance: i16) -> &mut Self {
        self.put(0x61 | width as u8, to as u8, from as u8, distance, 0)
    }

    /// Stores at an address with a distance.
    pub fn store(
        &mut self,
        width: Width,
        to: Register,
        distance: i16,
        what: impl Into<Operand>,
    ) -> &mut Self {
        match what.into() {
            Operand::Register(from) => self.put(0x63 | width as u8, to as u8, from as u8, distance, 0),
            Operand::Number(number) => self.put(0x62 | width as u8, to as u8, 0, distance, number),
        }
    }

    /// Adds to memory at once for all processors: four or eight bytes.
    pub fn add_atomically(&mut self, width: Width, to: Register, distance: i16, what: Register) -> &mut Self {
        self.put(0xc3 | width as u8, to as u8, what as u8, distance, 0)
    }

    /// Loads from the packet that a filter of sockets is given, in the order of networks; the packet's description must be in
    /// register 6, the result is in register 0.
    pub fn load_packet(&mut self, width: Width, at: i32) -> &mut Self {
        self.put(0x20 | width as u8, 0, 0, 0, at)
    }

    /// Loads a map by its descriptor: two instructions.
    pub fn load_map(&mut self, to: Register, map: i32) -> &mut Self {
        const IS_MAP: u8 = 1;
        self.put(0x18, to as u8, IS_MAP, 0, map).put(0, 0, 0, 0, 0)
    }

    /// Calls a function of the kernel's.
    pub fn call(&mut self, helper: Helper) -> &mut Self {
        self.put(0x85, 0, 0, 0, helper.0)
    }

    /// Goes on at a label.
    pub fn jump(&mut self, to: Label) -> &mut Self {
        self.note(to).put(0x05, 0, 0, 0, 0)
    }

    /// Goes on at a label if a register compares so.
    pub fn jump_if(
        &mut self,
        condition: Condition,
        register: Register,
        with: impl Into<Operand>,
        to: Label,
    ) -> &mut Self {
        self.note(to).either(0x05 | condition as u8, register, with.into(), 0)
    }

    /// Ends with what is in register 0.
    pub fn exit(&mut self) -> &mut Self {
        self.put(0x95, 0, 0, 0, 0)
    }

    /// Says that a label is here.
    pub fn place(&mut self, label: Label) -> &mut Self {
        match self.places.get_mut(usize::from(label.0)) {
            None => self.fail(Fault::TooLong),
            Some(Some(_)) => self.fail(Fault::TwoPlaces(label)),
            Some(place) => *place = Some(self.length as u16),
        }
        self
    }

    /// Gives the instructions.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn finish(&mut self) -> Result<&[u64], Fault> {
        for (at, label) in self.jumps.iter().take(self.jump_count) {
            let place = self.places.get(usize::from(label.0)).copied().flatten();
            let place = place.ok_or(Fault::NoSuchLabel(*label))?;
            // Counted from the next instruction.
            let distance = place.wrapping_sub(*at).wrapping_sub(1);
            if let Some(word) = self.words.get_mut(usize::from(*at)) {
                *word = *word & !0xffff_0000 | u64::from(distance) << 16;
            }
        }
        match self.fault {
            Some(fault) => Err(fault),
            None => self.words.get(..self.length).ok_or(Fault::TooLong),
        }
    }

    fn either(&mut self, code: u8, on: Register, with: Operand, distance: i16) -> &mut Self {
        const FROM_REGISTER: u8 = 0x08;
        match with {
            Operand::Register(from) => self.put(code | FROM_REGISTER, on as u8, from as u8, distance, 0),
            Operand::Number(number) => self.put(code, on as u8, 0, distance, number),
        }
    }

    fn put(&mut self, code: u8, to: u8, from: u8, distance: i16, number: i32) -> &mut Self {
        let registers = to | from << 4;
        let word = u64::from(code)
            | u64::from(registers) << 8
            | u64::from(distance.cast_unsigned()) << 16
            | u64::from(number.cast_unsigned()) << 32;
        match self.words.get_mut(self.length) {
            Some(place) => *place = word,
            None => self.fail(Fault::TooLong),
        }
        self.length += 1;
        self
    }

    /// Notes that the next instruction jumps to a label.
    fn note(&mut self, label: Label) -> &mut Self {
        match self.jumps.get_mut(self.jump_count) {
            Some(jump) => *jump = (self.length as u16, label),
            None => self.fail(Fault::TooLong),
        }
        self.jump_count += 1;
        self
    }

    fn fail(&mut self, fault: Fault) {
        self.fault = self.fault.or(Some(fault));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_words() {
        let mut program = Program::<8>::new();
        program
            .act(Operation::Set, Register::R0, -1)
            .act(Operation::Add, Register::R2, Register::R10)
            .load(Width::Two, Register::R3, Register::R1, -4)
            .load_map(Register::R1, 7)
            .exit();
        assert_eq!(
            program.finish(),
            Ok(&[
                0xffff_ffff_0000_00b7,
                0x0000_0000_0000_a20f,
                0x0000_0000_fffc_1369,
                0x0000_0007_0000_1118,
                0,
                0x95,
            ][..])
        );
    }

    #[test]
    fn jumps_go_to_labels_both_ways() {
        let (again, end) = (Label(0), Label(1));
        let mut program = Program::<8>::new();
        program.place(again).jump_if(Condition::Equal, Register::R1, 3, end).jump(again).place(end).exit();
        let words = program.finish().unwrap();
        assert_eq!(words[0], 0x0000_0003_0001_0115);
        assert_eq!(words[1], 0x0000_0000_fffe_0005);
    }

    #[test]
    fn faults_are_told() {
        assert_eq!(Program::<1>::new().exit().exit().finish(), Err(Fault::TooLong));
        assert_eq!(Program::<2>::new().jump(Label(5)).finish(), Err(Fault::NoSuchLabel(Label(5))));
        assert_eq!(
            Program::<2>::new().place(Label(1)).place(Label(1)).finish(),
            Err(Fault::TwoPlaces(Label(1)))
        );
        assert_eq!(Program::<2>::new().place(Label(200)).finish(), Err(Fault::TooLong));
    }
}
