// From one person's keystroke to another's screen: two pages in headless Chromium on one plan, the real server with
// fsync before every acknowledgement, loopback. The seller types, the buyer's page watches its own DOM; both clocks are
// the machine's. Prints a Markdown table of milliseconds.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const KEYS = 300;
const data = fs.mkdtempSync(path.join(os.tmpdir(), 'coplan-latency-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const origin = `http://127.0.0.1:${port}`;
const server = spawn('bin/coplan', ['serve', '--listen', `127.0.0.1:${port}`, '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] });
let browser;
try {
  await healthy();
  const token = fs.readFileSync(path.join(data, 'admin.token'), 'utf8').trim();
  const answer = await fetch(`${origin}/api/plans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Latency', template: 'enterprise-evaluation' }),
  });
  const { links } = await answer.json();
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((f) => fs.existsSync(f));
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const open = async (link, name) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(link);
    await page.getByRole('textbox').first().fill(name);
    await page.getByRole('button', { name: /open|join|continue/i }).first().click();
    await page.waitForURL(/\/p\//);
    return page;
  };
  const seller = await open(links.seller, 'Sam');
  const buyer = await open(links.buyer, 'Bea');

  // The buyer's page notes when the summary first holds so many digits of the marker.
  const summary = '.rich-host, .static-text, [aria-label*="ummary" i]';
  await buyer.waitForSelector(summary);
  await buyer.evaluate(() => {
    window.seen = [];
    new MutationObserver(() => {
      const count = (document.body.innerText.match(/¤/g) ?? []).length;
      const now = performance.timeOrigin + performance.now();
      while (window.seen.length < count) window.seen.push(now);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await seller.evaluate(() => {
    window.sent = [];
    addEventListener('keydown', (event) => event.key === '¤' && window.sent.push(performance.timeOrigin + performance.now()), true);
    addEventListener('beforeinput', (event) => event.data === '¤' && window.sent.push(performance.timeOrigin + performance.now()), true);
  });
  const editor = seller.getByRole('textbox', { name: /summary/i }).first();
  await editor.click();
  await seller.keyboard.press('End');
  for (let i = 0; i < KEYS; i++) {
    await seller.keyboard.insertText('¤');
    await seller.waitForTimeout(30);
  }
  await buyer.waitForFunction((n) => window.seen.length >= n, KEYS, { timeout: 20_000 });
  const sent = await seller.evaluate(() => window.sent);
  const seen = await buyer.evaluate(() => window.seen);
  const waits = seen.map((t, i) => t - sent[i]).slice(20).sort((a, b) => a - b);
  const at = (q) => waits[Math.floor(q * (waits.length - 1))].toFixed(1);
  console.log('| keystroke to the other screen, fsync | median | 95 % | 99 % | worst |\n|---|--:|--:|--:|--:|');
  console.log(`| ms, ${waits.length} keystrokes | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} |`);
} finally {
  await browser?.close();
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  fs.rmSync(data, { recursive: true, force: true });
}

async function healthy() {
  for (let i = 0; i < 100; i++) {
    if (server.exitCode !== null) throw new Error(`the server stopped with code ${server.exitCode}`);
    const ok = await fetch(`${origin}/healthz`).then((r) => r.ok, () => false);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server was not ready in 10 s');
}
