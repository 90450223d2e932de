//! The names that every architecture defines, with their types: the compiler says here what a new one still lacks.
//!
//! Beside them `start` defines the macro `define_start`, and `memory` the macro `define_memory_functions`.

use crate::{abi, digest, memory, process, processor, relocation, signal, start, syscall, thread, vdso};

/// Says nothing at run time: the types of what it is given are the point.
const fn has<T: Copy>(_: T) {}

const _: () = {
    has::<usize>(abi::PAGE_SIZE);
    has::<u16>(abi::ELF_MACHINE);
    has::<usize>(abi::STACK_ALIGNMENT);
    has::<bool>(abi::ALIGNED_PAIRS);
    has::<u32>(abi::MMAP);
    has::<usize>(abi::REGISTERS);
    has::<usize>(abi::PROGRAM_COUNTER);
    has::<usize>(abi::STACK_POINTER);
    has::<usize>(abi::RESULT);
    has::<fn() -> Option<u32>>(abi::hardware_probe);

    has::<unsafe fn(u32) -> isize>(syscall::syscall0);
    has::<unsafe fn(u32, usize) -> isize>(syscall::syscall1);
    has::<unsafe fn(u32, usize, usize) -> isize>(syscall::syscall2);
    has::<unsafe fn(u32, usize, usize, usize) -> isize>(syscall::syscall3);
    has::<unsafe fn(u32, usize, usize, usize, usize) -> isize>(syscall::syscall4);
    has::<unsafe fn(u32, usize, usize, usize, usize, usize) -> isize>(syscall::syscall5);
    has::<unsafe fn(u32, usize, usize, usize, usize, usize, usize) -> isize>(syscall::syscall6);
    // The same before the thread pointer is set.
    has::<unsafe fn(u32, usize, usize, usize, usize, usize, usize) -> isize>(syscall::early_syscall6);

    has::<fn() -> Option<digest::Instructions>>(digest::Instructions::find);
    has::<fn(digest::Instructions, &mut [u32; 8], &[[u8; 64]], &[u64; 80])>(digest::Instructions::sha256);
    has::<fn(digest::Instructions, &mut [u32; 8], &[[u8; 64]])>(digest::Instructions::sha1);

    has::<unsafe extern "C" fn(*const process::Branch) -> isize>(process::branch);

    has::<u32>(processor::SIGNATURE);
    has::<processor::Sequence>(processor::add);
    has::<processor::Sequence>(processor::push);
    has::<processor::Sequence>(processor::pop);

    has::<u64>(signal::RESTORER_FLAG);
    has::<fn(bool) -> usize>(signal::restorer);
    has::<fn(&signal::Context) -> usize>(signal::Context::program_counter);
    has::<fn(&mut signal::Context, usize)>(signal::Context::set_program_counter);
    has::<fn(&signal::Context) -> usize>(signal::Context::stack_pointer);
    has::<fn(&mut signal::Context, usize)>(signal::Context::set_stack_pointer);
    has::<fn(&signal::Context) -> usize>(signal::Context::frame_pointer);
    has::<fn(&signal::Context) -> Option<usize>>(signal::Context::link);
    has::<fn(&mut signal::Context, extern "C" fn() -> !)>(signal::Context::go_on_in);
    has::<isize>(signal::FRAME_RECORD);
    has::<extern "C" fn()>(signal::undefined);
    has::<usize>(signal::UNDEFINED_BYTES);

    has::<u32>(thread::HINT);
    has::<fn(usize, usize) -> thread::Layout>(thread::layout);
    has::<fn(usize, usize, usize, usize) -> thread::ControlBlock>(thread::ControlBlock::new);
    has::<unsafe fn(usize, usize) -> isize>(thread::set_pointer);
    has::<unsafe fn() -> usize>(thread::pointer);
    has::<unsafe fn() -> usize>(thread::runtime_word);
    has::<unsafe fn() -> usize>(thread::record);
    has::<fn(&thread::ControlBlock, usize, usize) -> thread::ControlBlock>(thread::ControlBlock::of_another);
    has::<unsafe fn(usize, usize, usize, thread::Entry, usize) -> isize>(thread::create);
    has::<unsafe fn(usize, usize) -> !>(thread::leave);

    has::<fn() -> u64>(start::ticks);
    has::<fn() -> !>(start::trap);

    has::<usize>(relocation::RELATIVE);
    has::<usize>(relocation::NONE);
    has::<bool>(relocation::ADDEND);
    has::<fn() -> usize>(relocation::image);

    has::<&[u8]>(vdso::VERSION);
    has::<&[u8]>(vdso::CLOCK_GETTIME);
    has::<Option<&[u8]>>(vdso::CLOCK_GETRES);
    has::<Option<&[u8]>>(vdso::GETTIMEOFDAY);
    has::<Option<&[u8]>>(vdso::TIME);
    has::<Option<&[u8]>>(vdso::GETCPU);
    has::<Option<&[u8]>>(vdso::GETRANDOM);
    has::<Option<&[u8]>>(vdso::HARDWARE_PROBE);

    has::<unsafe extern "C" fn(*mut u8, *const u8, usize) -> *mut u8>(memory::memmove);
    has::<unsafe extern "C" fn(*mut u8, i32, usize) -> *mut u8>(memory::memset);
    has::<unsafe extern "C" fn(*const u8, *const u8, usize) -> i32>(memory::memcmp);
    has::<unsafe extern "C" fn(*const u8) -> usize>(memory::strlen);
    has::<fn(usize)>(memory::adapt);
    has::<unsafe fn(usize, usize) -> isize>(memory::publish_code);
};
