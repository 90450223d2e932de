//! `lsusb` (BusyBox's, with the names that devices give themselves).

use query::{Rows, Value};

use super::bus::{Bus, ROOT, hexadecimal};
use crate::{Applet, Flag, Io, JSON, Outcome, Parsed, Run, Status};

pub(crate) const APPLET: Applet = Applet {
    name: "lsusb",
    summary: "List the devices of the USB",
    usage: "[OPTION]...",
    flags: flags![ROOT, Flag::rows("bus:n device:n vendor:n product:n vendor_name product_name")],
    run: Run::Parsed(run),
};

fn run(io: &mut Io<'_>, parsed: &Parsed<'_>) -> Outcome {
    if !parsed.operands.is_empty() {
        return Ok(parsed.usage(io));
    }
    let bus = Bus::read(parsed, "usb");
    let mut rows = Rows::named("bus device vendor product vendor_name product_name");
    for device in &bus.devices {
        let numbers = [("busnum", 10), ("devnum", 10), ("idVendor", 16), ("idProduct", 16)]
            .map(|(name, base)| bus.number(device, name, base));
        // The interfaces of devices, which are there, too, have none.
        let [Some(number), Some(place), Some(vendor), Some(product)] = numbers else { continue };
        let names = [bus.text(device, "manufacturer"), bus.text(device, "product")];
        if parsed.has(JSON) {
            let [vendor_name, product_name] = names.map(Value::Text);
            let [number, place, vendor, product] =
                [number, place, vendor, product].map(|number| Value::Number(number.into()));
            rows.push([number, place, vendor, product, vendor_name, product_name]);
            continue;
        }
        io.out.put(b"Bus ");
        query::text::zero_padded(number.into(), 3, &mut io.out);
        io.out.put(b" Device ");
        query::text::zero_padded(place.into(), 3, &mut io.out);
        io.out.put(&[b": ID ", hexadecimal(vendor, 4).as_slice(), b":", &hexadecimal(product, 4)].concat());
        for name in names.iter().filter(|name| !name.is_empty()) {
            io.out.put(b" ");
            io.out.printable(name);
        }
        io.out.put(b"\n");
    }
    if parsed.has(JSON) {
        rows.json(&mut io.out);
    }
    Ok(Status::SUCCESS)
}
