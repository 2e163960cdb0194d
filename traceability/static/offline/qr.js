// A QR code drawn on the phone (ISO/IEC 18004): bytes, versions 1 to 10, error correction M. Enough for an address.

const EC_OF_BLOCK = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const FORMAT_M = 0;
const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

// Rows of true for dark.
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version < 11 && bytes.length + (version < 10 ? 2 : 3) > dataLength(version)) version += 1;
  if (version > 10) throw new RangeError("too long for this code");
  const codewords = interleaved(filled(bytes, version), version);
  const choices = MASKS.map((_, mask) => drawn(codewords, version, mask));
  return choices.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

// The path of an SVG whose sides are `size + 8` modules, with the quiet zone.
export function qrPath(rows) {
  return rows.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join("")).join("");
}

function rawLength(version) {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const aligned = Math.floor(version / 7) + 2;
    bits -= (25 * aligned - 10) * aligned - 55;
    if (version >= 7) bits -= 36;
  }
  return Math.floor(bits / 8);
}

const dataLength = (version) => rawLength(version) - EC_OF_BLOCK[version] * BLOCKS[version];

function filled(bytes, version) {
  const bits = [];
  const put = (value, length) => { for (let place = length - 1; place >= 0; place -= 1) bits.push((value >> place) & 1); };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const most = dataLength(version) * 8;
  put(0, Math.min(4, most - bits.length));
  put(0, -bits.length & 7);
  const found = [];
  for (let place = 0; place < bits.length; place += 8) found.push(parseInt(bits.slice(place, place + 8).join(""), 2));
  for (let pad = 0xec; found.length < most / 8; pad ^= 0xec ^ 0x11) found.push(pad);
  return found;
}

function interleaved(data, version) {
  const [count, ecLength, raw] = [BLOCKS[version], EC_OF_BLOCK[version], rawLength(version)];
  const short = count - (raw % count);
  const shortLength = Math.floor(raw / count) - ecLength;
  const generator = generatorOf(ecLength);
  const blocks = [];
  for (let block = 0, at = 0; block < count; block += 1) {
    const part = data.slice(at, (at += shortLength + (block < short ? 0 : 1)));
    blocks.push({ part, ec: remainder(part, generator) });
  }
  const found = [];
  for (let place = 0; place <= shortLength; place += 1) for (const { part } of blocks) if (place < part.length) found.push(part[place]);
  for (let place = 0; place < ecLength; place += 1) for (const { ec } of blocks) found.push(ec[place]);
  return found;
}

function times(a, b) {
  let found = 0;
  for (let place = 7; place >= 0; place -= 1) found = ((found << 1) ^ ((found >>> 7) * 0x11d)) ^ (((b >>> place) & 1) * a);
  return found;
}

function generatorOf(degree) {
  const found = new Array(degree).fill(0);
  found[degree - 1] = 1;
  for (let step = 0, root = 1; step < degree; step += 1, root = times(root, 2)) {
    for (let place = 0; place < degree; place += 1) found[place] = times(found[place], root) ^ (found[place + 1] ?? 0);
  }
  return found;
}

function remainder(data, generator) {
  const found = new Array(generator.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ found.shift();
    found.push(0);
    generator.forEach((one, place) => { found[place] ^= times(one, factor); });
  }
  return found;
}

function drawn(codewords, version, mask) {
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => new Array(size).fill(false));
  const fixed = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (x, y, dark) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    rows[y][x] = Boolean(dark);
    fixed[y][x] = true;
  };
  for (let place = 0; place < size; place += 1) {
    set(6, place, place % 2 === 0);
    set(place, 6, place % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    for (let dy = -4; dy <= 4; dy += 1) for (let dx = -4; dx <= 4; dx += 1) {
      const far = Math.max(Math.abs(dx), Math.abs(dy));
      set(cx + dx, cy + dy, far !== 2 && far !== 4);
    }
  }
  const places = aligned(version);
  const last = places.length - 1;
  places.forEach((cx, i) => places.forEach((cy, j) => {
    if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return;
    for (let dy = -2; dy <= 2; dy += 1) for (let dx = -2; dx <= 2; dx += 1) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
  }));
  drawFormat(set, size, mask);
  if (version >= 7) drawVersion(set, size, version);
  drawData(rows, fixed, size, codewords);
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) if (!fixed[y][x] && MASKS[mask](x, y) === 0) rows[y][x] = !rows[y][x];
  return rows;
}

function aligned(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const found = [6];
  for (let place = version * 4 + 10; found.length < count; place -= step) found.splice(1, 0, place);
  return found;
}

function drawFormat(set, size, mask) {
  const data = (FORMAT_M << 3) | mask;
  let rest = data;
  for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  const bit = (place) => (bits >>> place) & 1;
  for (let place = 0; place <= 5; place += 1) set(8, place, bit(place));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let place = 9; place < 15; place += 1) set(14 - place, 8, bit(place));
  for (let place = 0; place < 8; place += 1) set(size - 1 - place, 8, bit(place));
  for (let place = 8; place < 15; place += 1) set(8, size - 15 + place, bit(place));
  set(8, size - 8, true);
}

function drawVersion(set, size, version) {
  let rest = version;
  for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let place = 0; place < 18; place += 1) {
    const [far, near] = [size - 11 + (place % 3), Math.floor(place / 3)];
    set(far, near, (bits >>> place) & 1);
    set(near, far, (bits >>> place) & 1);
  }
}

function drawData(rows, fixed, size, codewords) {
  let place = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) for (let side = 0; side < 2; side += 1) {
      const x = right - side;
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      if (fixed[y][x] || place >= codewords.length * 8) continue;
      rows[y][x] = Boolean((codewords[place >>> 3] >>> (7 - (place & 7))) & 1);
      place += 1;
    }
  }
}

// Long runs, blocks, and too much of one colour are hard to read.
function penalty(rows) {
  const size = rows.length;
  let found = 0;
  for (const lines of [rows, rows.map((_, x) => rows.map((row) => row[x]))]) {
    for (const line of lines) {
      for (const run of line.map(Number).join("").match(/0+|1+/g)) if (run.length >= 5) found += run.length - 2;
      found += 40 * ((line.map(Number).join("").match(/(?=0000(1011101)|(1011101)0000)/g) ?? []).length);
    }
  }
  let dark = 0;
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) {
    dark += rows[y][x];
    if (x && y && rows[y][x] === rows[y - 1][x] && rows[y][x] === rows[y][x - 1] && rows[y][x] === rows[y - 1][x - 1]) found += 3;
  }
  return found + 10 * Math.floor(Math.abs((dark / (size * size)) * 100 - 50) / 5);
}
