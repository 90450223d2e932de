//! `vdso`: the shared object that the kernel maps into every program, read by the decoder that the runtime itself finds
//! its clocks with.

use formats::file::elf::Elf;
use query::{Rows, Value};

use crate::{Applet, Flag, Io, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "vdso",
    summary: "Show the functions that the kernel maps into every program (vDSO)",
    usage: "[--json]",
    flags: flags![Flag::rows("symbol version binding address:n size:n")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    let Some((base, image)) = system::program::vdso()? else {
        return Ok(io.complain(b"", &"the kernel maps none"));
    };
    let mut rows = Rows::named("symbol=SYMBOL version=VERSION binding=BINDING address=ADDRESS size=SIZE");
    collect(base, &image, &mut rows).map_err(|error| io.complain(b"", &error))?;
    rows.sort(3, false);
    io.show(&rows, parsed);
    Ok(Status::SUCCESS)
}

/// Adds a row for each function.
fn collect(base: u64, image: &[u8], rows: &mut Rows<'_>) -> Result<(), formats::Error> {
    let elf = Elf::parse_mapped(image)?;
    let first = elf.segments()?.next().map_or(0, |segment| segment.address);
    let expected = formats::Error::new(formats::Expected::DynamicSection, 0);
    let dynamic = elf.dynamic()?.ok_or(expected)?;
    let (symbols, versions) = (dynamic.symbols()?, dynamic.versions()?);
    for index in 0..dynamic.symbol_count()? {
        let symbol = symbols.get(index)?;
        if !symbol.is_callable() {
            continue;
        }
        let version = versions.as_ref().and_then(|versions| {
            let (number, _) = versions.of_symbol(index)?;
            versions.definitions().find(|definition| definition.index == number)
        });
        let address = base.wrapping_add(symbol.value.wrapping_sub(first));
        rows.push([
            Value::text(symbols.name(&symbol)?),
            version.map_or(Value::Unknown, |version| Value::text(version.name)),
            Value::text(if symbol.binding() == 2 { b"weak" } else { b"global" }),
            Value::hexadecimal(address),
            Value::Number(symbol.size),
        ]);
    }
    Ok(())
}
