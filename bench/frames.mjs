// Frames and first load of a plan of 300 nodes in headless Chromium: the real server, loopback, a Chromium trace for
// each thing people do. Prints Markdown tables. A plan of that size is far beyond what one should write; the page is
// to stay at 60 frames a second in it all the same.
//   KEYS=60   keystrokes typed in each part     TRACE=folder   keeps the traces, for chrome://tracing
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

// The application's own copies: bench/ has a Yjs of its own, and two don't mix.
const need = createRequire(new URL('../package.json', import.meta.url));
const Y = need('yjs');
const { WebsocketProvider } = need('y-websocket');
const { WebSocket } = need('ws');

const KEYS = Number(process.env.KEYS ?? 60);
const FRAME = 1000 / 60;
const data = fs.mkdtempSync(path.join(os.tmpdir(), 'coplan-frames-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const origin = `http://127.0.0.1:${port}`;
const server = spawn('bin/coplan', ['serve', '--listen', `127.0.0.1:${port}`, '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let browser;
let other;
try {
  await healthy();
  const plan = await createPlan();
  other = await join(plan, 'buyer');
  await grow(other.doc, 300);
  browser = await chromium.launch({
    executablePath: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((f) => fs.existsSync(f)),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const page = await openPlan(plan.links.seller);
  const nodes = await page.locator('[data-node]').count();
  if (nodes !== 300) throw new Error(`the page shows ${nodes} nodes, not 300`);
  await report(page, plan);
  await reportLoads(plan);
} finally {
  await browser?.close();
  other?.provider.destroy();
  other?.doc.destroy();
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  fs.rmSync(data, { recursive: true, force: true });
}

async function report(page) {
  const title = (at) => page.getByRole('textbox', { name: 'Step', exact: true }).nth(at);
  const type = async (letters) => {
    for (let i = 0; i < letters; i++) {
      await page.keyboard.press('abcdefgh '[i % 9]);
      await pause(30);
    }
  };
  const rows = [];
  const part = async (name, count, unit, act) => {
    await pause(1500); // what the last part left to do is done
    rows.push({ name, count, unit, ...(await traced(page, name, act)) });
  };

  await title(140).click();
  await part('typing in a step’s title', KEYS, 'key', () => type(KEYS));
  const stop = otherTypes('typing');
  await part('the same while the other side types in another', KEYS, 'key', () => type(KEYS));
  await stop();
  await page.getByRole('textbox', { name: 'Executive summary' }).click();
  await page.keyboard.press('Control+End');
  await part('typing in the summary', KEYS, 'key', () => type(KEYS));

  await title(20).scrollIntoViewIfNeeded();
  const grip = page.locator('.step-grip:not(.stage-grip)').nth(20);
  const box = await grip.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await part('dragging a step through the list', 120, 'move', async () => {
    for (let i = 0; i < 120; i++) {
      // Down to the window's edge, where the page scrolls by itself, and back.
      const y = i < 80 ? box.y + i * 8 : box.y + (160 - i) * 8;
      await page.mouse.move(box.x + 4, Math.min(y, 880));
      await pause(12);
    }
  });
  await part('letting go of it', 1, 'drop', async () => {
    await page.mouse.up();
    await pause(400);
  });
  await title(60).click();
  await page.keyboard.press('End');
  await part('moving a step by keys', 20, 'move', async () => {
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press(i % 8 < 4 ? 'Alt+ArrowDown' : 'Alt+ArrowUp');
      await pause(120);
    }
  });
  await part('adding steps by Enter, with a word each', 10, 'step', async () => {
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press('Enter');
      await pause(120);
      await page.keyboard.type('word');
      await pause(120);
    }
  });
  await part('scrolling from end to end', 60, 'turn', async () => {
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, i < 30 ? 400 : -400);
      await pause(30);
    }
  });

  console.log(`| 300 nodes, per trace | frames dropped | tasks > ${FRAME.toFixed(1)} ms | > 33 ms | longest task, ms (CPU) | script, ms each | layout and paint, ms each |\n|---|--:|--:|--:|--:|--:|--:|`);
  for (const row of rows) {
    const each = (ms) => (ms / row.count).toFixed(1);
    console.log(`| ${row.name} (${row.count}) | ${row.dropped} of ${row.frames} | ${row.over} | ${row.far} | ${row.longest.toFixed(1)} (${row.longestCpu.toFixed(1)}) | ${each(row.script)} per ${row.unit} | ${each(row.render)} |`);
  }
}

/** What the page's main thread did while `act` ran. */
async function traced(page, name, act) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const browserSession = await browser.newBrowserCDPSession();
  const chunks = [];
  browserSession.on('Tracing.dataCollected', ({ value }) => chunks.push(...value));
  await browserSession.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing', 'cc', 'benchmark', 'viz', 'v8', '__metadata'] },
  });
  await act();
  await pause(250);
  const complete = new Promise((resolve) => browserSession.once('Tracing.tracingComplete', resolve));
  await browserSession.send('Tracing.end');
  await complete;
  await session.detach();
  await browserSession.detach();
  if (process.env.TRACE) fs.writeFileSync(path.join(process.env.TRACE, `${name.replace(/\W+/g, '-')}.json`), JSON.stringify({ traceEvents: chunks }));
  return summarise(chunks);
}

function summarise(events) {
  // The renderer with the most to do is the page's.
  const mains = events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain');
  const tasksOf = ({ pid, tid }) => events.filter((e) => e.pid === pid && e.tid === tid && e.ph === 'X' && e.name === 'RunTask');
  const busy = mains.map((main) => ({ main, tasks: tasksOf(main) })).sort((a, b) => sum(b.tasks, 'dur') - sum(a.tasks, 'dur'))[0];
  if (!busy) throw new Error('the trace has no main thread');
  const { main, tasks } = busy;
  const on = (names) => events.filter((e) => e.pid === main.pid && e.tid === main.tid && e.ph === 'X' && names.has(e.name));
  const script = topmost(on(new Set(['FunctionCall', 'EvaluateScript', 'EventDispatch', 'FireAnimationFrame', 'TimerFire', 'RunMicrotasks', 'v8.callFunction', 'MinorGC', 'MajorGC'])));
  const render = topmost(on(new Set(['UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'Layerize', 'Commit', 'IntersectionObserverController::computeIntersections'])));
  const cpu = (task) => (task.tdur ?? task.dur) / 1000;
  const frames = events.filter((e) => e.pid === main.pid && e.name === 'PipelineReporter' && e.ph === 'b').map((e) => e.args?.chrome_frame_reporter ?? e.args?.frame_reporter ?? {});
  return {
    frames: frames.filter(({ state }) => state !== 'STATE_NO_UPDATE_DESIRED').length,
    dropped: frames.filter(({ state, affects_smoothness: felt }) => state === 'STATE_DROPPED' && felt !== false).length,
    over: tasks.filter((task) => cpu(task) > FRAME).length,
    far: tasks.filter((task) => cpu(task) > 33).length,
    longest: Math.max(0, ...tasks.map((task) => task.dur / 1000)),
    longestCpu: Math.max(0, ...tasks.map(cpu)),
    script: sum(script, 'tdur') / 1000,
    render: sum(render, 'tdur') / 1000,
  };
}

/** Events that aren't within another of them. */
function topmost(events) {
  let end = -1;
  return events
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur)
    .filter((event) => {
      if (event.ts < end) return false;
      end = event.ts + event.dur;
      return true;
    });
}

function sum(events, key) {
  return events.reduce((total, event) => total + (event[key] ?? event.dur ?? 0), 0);
}

/** The first visit: a browser that has nothing of it yet opens the plan, and somebody writes. */
async function reportLoads(plan) {
  console.log('\n| first visit, nothing cached | first words, ms | can be written in, ms | “Saved”, ms | script until then, kB gzipped | all script |\n|---|--:|--:|--:|--:|--:|');
  const small = await createPlan();
  for (const [name, one] of [['a plan of ten steps', small], ['a plan of 300 nodes', plan]]) {
    const times = [];
    for (let i = 0; i < 5; i++) times.push(await load(one));
    const middle = (key) => times.map((time) => time[key]).sort((a, b) => a - b)[2];
    console.log(`| ${name} | ${middle('words').toFixed(0)} | ${middle('ready').toFixed(0)} | ${middle('saved').toFixed(0)} | ${(middle('first') / 1000).toFixed(0)} | ${(middle('all') / 1000).toFixed(0)} |`);
  }
}

async function load(plan) {
  const link = await fetch(`${origin}/api/plans/${plan.id}/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(plan.links.seller)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'buyer' }),
  }).then((answer) => answer.json());
  const first = await openPlan(link.url);
  const state = await first.context().storageState();
  const address = first.url();
  await first.context().close();
  const context = await browser.newContext({ storageState: state, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const mark = () => {
      if (!window.ready && document.querySelector('textarea[data-field^="title:"]')) {
        // Ready is when the main thread takes the next task after the fields are there.
        window.ready = -1;
        requestAnimationFrame(() => setTimeout(() => (window.ready = performance.now())));
      }
      if (!window.saved && document.querySelector('[role=status][data-kind=saved]')) window.saved = performance.now();
    };
    new MutationObserver(mark).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-kind'] });
  });
  await page.goto(address);
  await page.waitForFunction(() => window.ready > 0 && window.saved > 0);
  const result = await page.evaluate(() => ({
    words: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    ready: window.ready,
    saved: window.saved,
  }));
  // The rest, for being offline and for what is opened later, follows while nothing else is to do.
  const scripts = () => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map(({ startTime, encodedBodySize }) => ({ at: startTime, size: encodedBodySize })));
  let all = [];
  for (let now = await scripts(); now.length > all.length; now = await scripts()) {
    all = now;
    await pause(1000);
  }
  await context.close();
  const sum = (list) => list.reduce((total, { size }) => total + size, 0);
  return { ...result, first: sum(all.filter(({ at }) => at < result.saved)), all: sum(all) };
}

async function openPlan(link) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await page.goto(link);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Sam');
  await page.getByRole('button', { name: 'Open the plan' }).click();
  await page.locator('[role="status"][data-kind="saved"]').waitFor();
  return page;
}

async function createPlan() {
  const answer = await fetch(`${origin}/api/plans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fs.readFileSync(path.join(data, 'admin.token'), 'utf8').trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Three hundred', template: 'enterprise-evaluation', anchor: { kind: 'go-live', date: '2029-06-29' } }),
  });
  return answer.json();
}

function tokenOf(link) {
  return new URL(link).pathname.split('/').at(-1);
}

/** A client without a screen, in step with the server. */
async function join(plan, role) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${origin.replace('http', 'ws')}/ws`, `plan/${plan.id}`, doc, {
    params: { token: tokenOf(plan.links[role]) },
    WebSocketPolyfill: WebSocket,
    disableBc: true,
  });
  for (let i = 0; !provider.synced; i++) {
    if (i > 200) throw new Error('the other side could not join');
    await pause(50);
  }
  return { doc, provider };
}

/** Adds stages of steps with three subtasks each, with owners, durations and words, until the plan has `count` nodes. */
async function grow(doc, count) {
  const nodes = doc.getMap('nodes');
  const roles = [...doc.getMap('roles').keys()];
  let left = count - nodes.size;
  const add = (kind, parent, at, title) => {
    if (left-- <= 0) return null;
    const id = `n${left}`;
    const node = new Y.Map();
    nodes.set(id, node);
    const note = new Y.XmlFragment();
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText(kind === 'task' ? 'One or two sentences on what is done here.' : '')]);
    note.insert(0, [paragraph]);
    const owners = new Y.Map();
    if (kind === 'task') owners.set(roles[left % roles.length], 'accountable');
    const gate = new Y.Map([['entry', new Y.Map()], ['exit', new Y.Map()]]);
    const values = { kind, parent, ord: `z${String(at).padStart(2, '0')}5`, title: new Y.Text(title), note, why: new Y.Text(), owners, links: new Y.Map() };
    for (const [key, value] of Object.entries(values)) node.set(key, value);
    if (kind === 'task') node.set('days', 1 + (left % 4));
    if (kind !== 'stage') node.set('gate', gate);
    return id;
  };
  doc.transact(() => {
    for (let s = 0; left > 0; s++) {
      const stage = add('stage', '', s, `Stage ${s + 4}`);
      for (let t = 0; t < 18 && left > 0; t++) {
        const task = add('task', stage, t, `Step ${s + 4}.${t + 1} with a title of the usual length`);
        for (let u = 0; u < 3 && left > 0; u++) add('subtask', task, u, `Part ${u + 1} of it`);
      }
    }
  });
  await pause(1500);
}

/** Somebody else types in the title of a step; returns how to stop them. */
function otherTypes() {
  const text = other.doc.getMap('nodes').get('legal-redline').get('title');
  let going = true;
  const done = (async () => {
    while (going) {
      text.insert(text.length, 'x');
      if (text.length > 120) text.delete(20, 60);
      await pause(35);
    }
  })();
  return async () => {
    going = false;
    await done;
  };
}

async function healthy() {
  for (let i = 0; i < 100; i++) {
    if (server.exitCode !== null) throw new Error(`the server stopped with code ${server.exitCode}`);
    if (await fetch(`${origin}/healthz`).then((r) => r.ok, () => false)) return;
    await pause(100);
  }
  throw new Error('the server was not ready in 10 s');
}
