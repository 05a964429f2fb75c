// The workloads as plain data, the same for every engine: lists of edits drawn from a seed, in the shapes of
// dmonad's crdt-benchmarks (B1 one writer, B2 two at once, B3 many at once, B4 a recorded paper).
//
// An edit is [index, deleteLength, insert]; insert is a string (text) or a list of values (array).

/** mulberry32: small, seeded, the same everywhere. */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const below = (rnd, n) => Math.floor(rnd() * n);
const letter = (rnd) => String.fromCharCode(97 + below(rnd, 26));
const word = (rnd, min = 3, max = 9) => Array.from({ length: min + below(rnd, max - min) }, () => letter(rnd)).join('');
const letters = (rnd, n) => Array.from({ length: n }, () => letter(rnd)).join('');

function randomInserts(rnd, n, make, from = 0) {
  const ops = [];
  for (let i = 0, len = from; i < n; i++) {
    const s = make(rnd);
    ops.push([below(rnd, len + 1), 0, s]);
    len += s.length;
  }
  return ops;
}

function insertsAndDeletes(rnd, n, from = 0) {
  const ops = [];
  for (let i = 0, len = from; i < n; i++) {
    const at = below(rnd, len + 1);
    if (len === at || rnd() < 0.5) {
      const s = word(rnd);
      ops.push([at, 0, s]);
      len += s.length;
    } else {
      const k = Math.min(len - at, 1 + below(rnd, 9));
      ops.push([at, k, '']);
      len -= k;
    }
  }
  return ops;
}

export const single = (n) => {
  const rnd = random(1);
  const text = letters(rnd, n);
  const numbers = Array.from({ length: n }, () => below(rnd, 1e6));
  return {
    'B1.1': { about: `append ${n} characters`, container: 'text', ops: [...text].map((c, i) => [i, 0, c]) },
    'B1.2': { about: `insert one string of ${n}`, container: 'text', ops: [[0, 0, text]] },
    'B1.3': { about: `prepend ${n} characters`, container: 'text', ops: [...text].map((c) => [0, 0, c]) },
    'B1.4': { about: `insert ${n} characters at random`, container: 'text', ops: randomInserts(random(2), n, letter) },
    'B1.5': { about: `insert ${n} words at random`, container: 'text', ops: randomInserts(random(3), n, word) },
    'B1.6': { about: `insert a string of ${n}, delete it`, container: 'text', ops: [[0, 0, text], [0, n, '']] },
    'B1.7': { about: `insert and delete strings at random, ${n} times`, container: 'text', ops: insertsAndDeletes(random(4), n) },
    'B1.8': { about: `append ${n} numbers`, container: 'array', ops: numbers.map((v, i) => [i, 0, [v]]) },
    'B1.9': { about: `insert one array of ${n} numbers`, container: 'array', ops: [[0, 0, numbers]] },
    'B1.10': { about: `prepend ${n} numbers`, container: 'array', ops: numbers.map((v) => [0, 0, [v]]) },
    'B1.11': { about: `insert ${n} numbers at random`, container: 'array', ops: randomInserts(random(5), n, (r) => [below(r, 1e6)]) },
  };
};

export const pairs = (n) => {
  const rnd = random(6);
  const a = letters(rnd, n);
  const b = letters(rnd, n);
  const base = letters(rnd, 100);
  return {
    'B2.1': { about: `two insert a string of ${n} at 0`, base, a: [[0, 0, a]], b: [[0, 0, b]] },
    'B2.2': { about: `two insert ${n} characters at random`, base, a: randomInserts(random(7), n, letter, 100), b: randomInserts(random(8), n, letter, 100) },
    'B2.3': { about: `two insert ${n} words at random`, base, a: randomInserts(random(9), n, word, 100), b: randomInserts(random(10), n, word, 100) },
    'B2.4': { about: `two insert and delete ${n} times`, base, a: insertsAndDeletes(random(11), n, 100), b: insertsAndDeletes(random(12), n, 100) },
  };
};

export const crowds = (n) => {
  const clients = 20 * Math.floor(Math.sqrt(n));
  return {
    'B3.1': { about: `${clients} clients set a number in one map`, clients, write: 'number' },
    'B3.2': { about: `${clients} clients set an object in one map`, clients, write: 'object' },
    'B3.3': { about: `${clients} clients set a string in one map`, clients, write: 'string' },
    'B3.4': { about: `${clients} clients insert text into one array`, clients, write: 'array' },
  };
};

/** A trace for machines without the recording: bursts of typing, some deletes, jumps of the caret. */
export function generatedTrace(edits, seed = 4) {
  const rnd = random(seed);
  const ops = [];
  let len = 0;
  let at = 0;
  while (ops.length < edits) {
    if (rnd() < 0.06) at = below(rnd, len + 1);
    const burst = 1 + below(rnd, 24);
    const deleting = len > 10 && rnd() < 0.22;
    for (let i = 0; i < burst && ops.length < edits; i++) {
      if (deleting) {
        if (at === 0) break;
        ops.push([--at, 1, '']);
        len--;
      } else {
        ops.push([at++, 0, letter(rnd)]);
        len++;
      }
    }
  }
  return ops;
}
