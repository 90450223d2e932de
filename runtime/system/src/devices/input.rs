//! What kind of input device one is, by what it can do: what clients ask before they open it (`ID_INPUT_...`).

use formats::sys::capabilities::Capabilities;

use super::{Device, there};

/// The numbers of `linux/input-event-codes.h` that tell kinds apart.
mod code {
    pub(super) const EV_KEY: usize = 1;
    pub(super) const EV_REL: usize = 2;
    pub(super) const EV_ABS: usize = 3;
    pub(super) const EV_SW: usize = 5;
    pub(super) const BTN_MISC: usize = 0x100;
    pub(super) const BTN_MOUSE: usize = 0x110;
    pub(super) const BTN_JOYSTICK: usize = 0x120;
    pub(super) const BTN_GAMEPAD: usize = 0x130;
    pub(super) const BTN_TOOL_PEN: usize = 0x140;
    pub(super) const BTN_TOOL_FINGER: usize = 0x145;
    pub(super) const BTN_TOUCH: usize = 0x14a;
    pub(super) const KEY_OK: usize = 0x160;
    pub(super) const KEY_LAST: usize = 0x2ff;
    pub(super) const ABS_MT_POSITION_X: usize = 0x35;
    pub(super) const PROP_DIRECT: usize = 1;
    pub(super) const PROP_ACCELEROMETER: usize = 6;
}

/// Calls `each` with the name of each property of an input device, or of a node of one, whose value is then 1.
pub(super) fn kinds(device: &Device, each: &mut dyn FnMut(&'static str)) {
    // What it can do, the device says, and its nodes do not.
    let owner = match device.get("EV") {
        Some(_) => None,
        None => there(&[&device.folder(), &b"/device"[..]].concat()).or_else(|| parent(device)),
    };
    let owner = owner.as_ref().unwrap_or(device);
    let set = |key| Capabilities::new(owner.get(key).unwrap_or_default(), usize::BITS as usize);
    let (kinds, keys, axes, steps, properties) = (set("EV"), set("KEY"), set("ABS"), set("REL"), set("PROP"));
    each("ID_INPUT");
    if properties.has(code::PROP_ACCELEROMETER) {
        each("ID_INPUT_ACCELEROMETER");
        return;
    }
    let has_position = kinds.has(code::EV_ABS) && axes.has(0) && axes.has(1);
    let has_fingers = kinds.has(code::EV_ABS) && axes.has(code::ABS_MT_POSITION_X);
    let has_pen = keys.has(code::BTN_TOOL_PEN);
    let has_touch = keys.has(code::BTN_TOUCH) || has_fingers;
    let is_direct = properties.has(code::PROP_DIRECT);
    let moves = kinds.has(code::EV_REL) && steps.has(0) && steps.has(1);
    if has_pen && has_position {
        each("ID_INPUT_TABLET");
    } else if has_touch && keys.has(code::BTN_TOOL_FINGER) && !is_direct {
        each("ID_INPUT_TOUCHPAD");
    } else if has_touch && (has_position || has_fingers) {
        each("ID_INPUT_TOUCHSCREEN");
    } else if keys.has(code::BTN_JOYSTICK) || keys.has(code::BTN_GAMEPAD) {
        each("ID_INPUT_JOYSTICK");
    } else if keys.has(code::BTN_MOUSE) && (moves || has_position) {
        each("ID_INPUT_MOUSE");
    }
    if kinds.has(code::EV_KEY)
        && (keys.has_any(1..code::BTN_MISC) || keys.has_any(code::KEY_OK..code::KEY_LAST))
    {
        each("ID_INPUT_KEY");
    }
    // Escape, the digits, and Q to D: whoever has these can be typed on.
    if (1..32).all(|key| keys.has(key)) {
        each("ID_INPUT_KEYBOARD");
    }
    if kinds.has(code::EV_SW) {
        each("ID_INPUT_SWITCH");
    }
}

fn parent(device: &Device) -> Option<Device> {
    let folder = device.folder();
    let at = folder.iter().rposition(|byte| *byte == b'/')?;
    there(folder.get(..at)?)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::super::device;
    use super::*;

    fn of(fields: &str) -> String {
        let mut names = String::new();
        kinds(&device(fields), &mut |name| {
            names += name.trim_start_matches("ID_INPUT").trim_start_matches('_');
            names.push(' ');
        });
        names
    }

    // Words of a kernel with 64 bits.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn devices_of_all_kinds() {
        assert_eq!(of("EV=3\nKEY=10000000000000 0"), " KEY ");
        assert_eq!(
            of("EV=120013\nKEY=402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"),
            " KEY KEYBOARD "
        );
        assert_eq!(of("EV=17\nKEY=1f0000 0 0 0 0\nREL=903"), " MOUSE ");
        // A virtual machine's tablet is a mouse that knows where it is.
        assert_eq!(of("EV=1f\nKEY=70000 0 0 0 0\nREL=900\nABS=3"), " MOUSE ");
        assert_eq!(of("PROP=5\nEV=b\nKEY=e520 10000 0 0 0 0\nABS=661800001000003"), " TOUCHPAD ");
        assert_eq!(of("PROP=2\nEV=b\nKEY=400 0 0 0 0 0\nABS=260800000000003"), " TOUCHSCREEN ");
        assert_eq!(of("EV=21\nSW=1"), " SWITCH ");
        assert_eq!(of("EV=b\nKEY=7fdb000000000000 0 0 0 0\nABS=3003f"), " JOYSTICK ");
    }
}
