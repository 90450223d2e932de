//! Messages of the kernel about links, addresses, routes and neighbours.

use formats::netlink::message::kind;
use formats::netlink::reply::Outcome;
use formats::netlink::request::{attribute_at, missing_attribute};
use formats::netlink::{
    Attributes, Flags, Message, Messages, Raw, Writer, address, link, namespace, neighbour, route,
};
use protocols::netlink::Client;

/// Reads the bytes as a datagram of the kernel, with every reader that a message's type may lead to; attributes that are
/// written again must be read again, and objects that can be written too.
pub(crate) fn netlink(data: &[u8]) {
    let mut errors = 0;
    for message in Messages::new(data) {
        match message {
            Ok(message) => read(&message),
            Err(_) => errors += 1,
        }
    }
    assert!(errors <= 1, "the walk went on after an error");
    for offset in 0..data.len().min(64) {
        let _ = (attribute_at(data, offset as u32), missing_attribute(data, offset as u32));
    }
    let _ = (attribute_at(data, u32::MAX), missing_attribute(data, u32::MAX));
    converse(data);
}

fn read(message: &Message<'_>) {
    if let Ok(Some(outcome)) = Outcome::parse(message) {
        let _ = outcome.reason.map(|reason| reason.to_string());
    }
    // Whatever the type says: each reader takes any payload.
    let _ = link::Link::parse(message.payload);
    let _ = namespace::parse(message.payload);
    if let Ok(read) = address::Address::parse(message.payload) {
        stable(kind::NEW_ADDRESS, &read, address::Address::emit, address::Address::parse);
    }
    if let Ok(read) = route::Route::parse(message.payload) {
        stable(kind::NEW_ROUTE, &read, route::Route::emit, route::Route::parse);
    }
    if let Ok(read) = neighbour::Neighbour::parse(message.payload) {
        stable(kind::NEW_NEIGHBOUR, &read, neighbour::Neighbour::emit, neighbour::Neighbour::parse);
    }
    for fixed in [0, 4, 8, 12, 16] {
        if let Some(bytes) = message.payload.get(fixed..) {
            attributes(bytes);
        }
    }
}

/// What a request carries of an object must not change by being sent twice. (The kernel tells more of an object than
/// can be asked for, so the first writing may lose something.)
fn stable<T>(
    kind: u16,
    object: &T,
    emit: fn(&T, &mut Writer<'_>),
    parse: fn(&[u8]) -> Result<T, formats::Error>,
) {
    let Some(once) = written(kind, |writer| emit(object, writer)) else { return };
    let read = Messages::new(&once).flatten().map(|message| parse(message.payload)).next();
    let Some(Ok(read)) = read else { panic!("what was written cannot be read") };
    let twice = written(kind, |writer| emit(&read, writer));
    assert_eq!(twice.as_ref(), Some(&once), "an object changes by being written");
}

fn written(kind: u16, body: impl FnOnce(&mut Writer<'_>)) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, kind, Flags::REQUEST);
    body(&mut writer);
    writer.finish().ok().map(|()| out)
}

/// Attributes come back as they were, in number and order.
fn attributes(bytes: &[u8]) {
    let read: Vec<Raw<'_>> = Attributes::new(bytes).collect();
    assert!(read.len() * 4 <= bytes.len());
    let again = written(kind::NEW_LINK, |writer| read.iter().for_each(|raw| writer.raw(raw)));
    let again = again.unwrap_or_default();
    let Some(Ok(message)) = Messages::new(&again).next() else { panic!("attributes cannot be written") };
    assert_eq!(Attributes::new(message.payload).collect::<Vec<_>>(), read);
    for raw in read {
        let _ = Attributes::new(raw.value).count();
    }
}

/// The asking side: a dump is under way, and this is what comes.
fn converse(data: &[u8]) {
    let mut client = Client::default();
    let _ = client.request(kind::GET_LINK, Flags::DUMP, |writer| {
        link::emit_query(writer, 0, None, link::Extent::empty());
    });
    let request = client.start().to_vec();
    let mut datagram = data.to_vec();
    // The kernel answers with the request's own number, which the input cannot guess.
    if let (Some(sequence), Some(place)) = (request.get(8..12), datagram.get_mut(8..12)) {
        place.copy_from_slice(sequence);
    }
    let mut taken = 0;
    let _ = client.handle(&datagram, 0, &mut |_| taken += 1);
    assert!(taken * 16 <= data.len());
    let _ = client.handle(data, 7, &mut |_| panic!("a message of a stranger was taken"));
    let _ = client.overrun();
}
