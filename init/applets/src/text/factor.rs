//! `factor` (GNU's, for numbers of 64 bits).

use alloc::vec::Vec;

use query::text::parse_decimal;

use crate::source;
use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "factor",
    summary: "Print the prime factors of numbers, of words of standard input where there are none",
    usage: "[-h] [NUMBER]...",
    flags: flags![Flag::new(b'h', "exponents", "several of the same as one with its count: 2^3")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let mut status = Status::SUCCESS;
    let mut text = Vec::new();
    let mut words = parsed.operands.clone();
    if words.is_empty() {
        let result = source::with(io, b"-", &mut |_, _, input| input.read_all(&mut text));
        status = io.report(b"-", result);
        words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    }
    for word in words {
        let digits = word.trim_ascii().strip_prefix(b"+").unwrap_or(word.trim_ascii());
        match parse_decimal(digits) {
            Some(number) => print(io, number, parsed.has(b'h')),
            None => status = io.complain(word, &"is no number of 64 bits"),
        }
    }
    Ok(status)
}

fn print(io: &mut Io<'_>, number: u64, counts: bool) {
    io.out.number(number);
    io.out.put(b":");
    let mut factors = Vec::new();
    factorize(number, &mut factors);
    query::sort::sort(&mut factors);
    for same in factors.chunk_by(|first, second| first == second) {
        let Some(factor) = same.first() else { continue };
        for _ in 0..if counts { 1 } else { same.len() } {
            io.out.put(b" ");
            io.out.number(*factor);
        }
        if counts && same.len() > 1 {
            io.out.put(b"^");
            io.out.number(same.len() as u64);
        }
    }
    io.out.put(b"\n");
}

/// Finds the prime factors of a number: small ones by trying them, others by Pollard's rho method.
fn factorize(mut number: u64, into: &mut Vec<u64>) {
    if number < 2 {
        return;
    }
    for small in [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] {
        while number.is_multiple_of(small) {
            into.push(small);
            number /= small;
        }
    }
    let mut waiting = Vec::from([number]);
    while let Some(number) = waiting.pop() {
        if number == 1 {
            continue;
        }
        if is_prime(number) {
            into.push(number);
            continue;
        }
        let divisor = (1..).find_map(|step| divisor(number, step)).unwrap_or(number);
        waiting.extend([divisor, number / divisor]);
    }
}

fn multiply(first: u64, second: u64, modulus: u64) -> u64 {
    (u128::from(first) * u128::from(second) % u128::from(modulus)) as u64
}

fn power(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, base, modulus);
        }
        base = multiply(base, base, modulus);
        exponent >>= 1;
    }
    result
}

/// Miller and Rabin's test: with these bases it errs for no number of 64 bits. No number below 38 comes here but 1.
fn is_prime(number: u64) -> bool {
    let twos = (number - 1).trailing_zeros();
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].into_iter().all(|base| {
        let mut value = power(base, (number - 1) >> twos, number);
        if value == 1 || value == number - 1 {
            return true;
        }
        (1..twos).any(|_| {
            value = multiply(value, value, number);
            value == number - 1
        })
    })
}

/// Looks for a divisor of a number that is no prime, along the squares that begin with a step.
fn divisor(number: u64, step: u64) -> Option<u64> {
    let next = |value: u64| {
        ((u128::from(multiply(value, value, number)) + u128::from(step)) % u128::from(number)) as u64
    };
    let (mut slow, mut fast) = (2, 2);
    loop {
        // Many differences at once: a common divisor takes as long as a hundred steps.
        let (mut product, before) = (1, (slow, fast));
        for _ in 0..128 {
            slow = next(slow);
            fast = next(next(fast));
            product = multiply(product, slow.abs_diff(fast).max(1), number);
        }
        let mut found = common_divisor(product, number);
        if found == 1 && slow != fast {
            continue;
        }
        if found == 1 || found == number {
            (slow, fast) = before;
            loop {
                slow = next(slow);
                fast = next(next(fast));
                found = common_divisor(slow.abs_diff(fast), number);
                if found != 1 {
                    break;
                }
            }
        }
        return (found != number).then_some(found);
    }
}

fn common_divisor(mut first: u64, mut second: u64) -> u64 {
    while second != 0 {
        (first, second) = (second, first % second);
    }
    first
}
