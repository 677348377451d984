/** A headless Chromium, driven over its DevTools protocol. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
/** The name of the Chromium that is installed; undefined where there is none. */
export const CHROMIUM = NAMES.find((name) => spawnSync(name, ['--version']).status === 0)

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

/** How a page is looked at: the width of its window in CSS pixels, and the colour scheme that its reader prefers. */
export interface Look {
  readonly width: number
  readonly dark: boolean
}

/** One page in a browser of its own. */
export class ChromiumPage {
  /** What the page said on its console, errors of its policy and exceptions included. */
  readonly said: string[] = []
  /** Addresses that the page asked for, beside its own. */
  readonly requested: string[] = []
  private readonly waiting = new Map<number, (message: Message) => void>()
  private readonly awaited = new Map<string, () => void>()
  private readonly child: ChildProcess
  private readonly profile: string
  private readonly socket: WebSocket
  private lastId = 0

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.child = child
    this.profile = profile
    this.socket = socket
    socket.on('message', (data) => this.receive(JSON.parse(String(data)) as Message))
  }

  /** Starts the browser, and waits until it has an empty page. */
  static async start(): Promise<ChromiumPage> {
    const profile = mkdtempSync(join(tmpdir(), 'burn-chromium-'))
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0']
    const child = spawn(String(CHROMIUM), [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const origin = await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stderr?.on('data', (data) => {
        said += String(data)
        const [, host] = /DevTools listening on ws:\/\/([^/]+)/.exec(said) ?? []
        if (host !== undefined) resolve(`http://${host}`)
      })
      child.once('exit', () => reject(new Error(`Chromium ended: ${said}`)))
    })
    const pages = (await (await fetch(`${origin}/json/list`)).json()) as { type: string; webSocketDebuggerUrl: string }[]
    const socket = new WebSocket(String(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl))
    await once(socket, 'open')
    const page = new ChromiumPage(child, profile, socket)
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`)
    return page
  }

  /** Calls a method of the protocol. @throws Error when it fails */
  async send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Readonly<Record<string, unknown>>> {
    this.lastId += 1
    const id = this.lastId
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve))
    this.socket.send(JSON.stringify({ id, method, params }))
    const { result, error } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }

  /** Opens an address, and waits until the page has loaded. */
  async open(url: string): Promise<void> {
    this.said.length = 0
    this.requested.length = 0
    const loaded = new Promise<void>((resolve) => this.awaited.set('Page.loadEventFired', resolve))
    await this.send('Page.navigate', { url })
    await loaded
  }

  /** Sets width and colour scheme. */
  async look({ width, dark }: Look): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false })
    await this.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    })
  }

  /** Evaluates an expression in the page, waits for it if it is a promise, and returns its value. @throws Error when it throws */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    const { result, exceptionDetails } = answer as {
      result: { value?: unknown }
      exceptionDetails?: { exception?: { description?: string } }
    }
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page threw')
    return result.value
  }

  /** Presses and releases a key, such as `Enter`, on what has the focus. */
  async press(key: string, code: number): Promise<void> {
    const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === 'Enter' ? { text: '\r' } : {}) }
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
  }

  /** Moves the mouse to a point of the window, or clicks there. */
  async mouse(type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', x: number, y: number): Promise<void> {
    await this.send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      ...(type === 'mouseMoved' ? {} : { button: 'left', clickCount: 1 }),
    })
  }

  /** Returns a picture of the whole page as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true, format: 'png' })
    return Buffer.from(String(data), 'base64')
  }

  /** Ends the browser, and waits until it is gone. */
  async close(): Promise<void> {
    const gone = once(this.child, 'exit')
    this.child.kill()
    await gone
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  private receive({ id, method, params, result, error }: Message): void {
    if (id !== undefined) {
      this.waiting.get(id)?.({ ...(result && { result }), ...(error && { error }) })
      this.waiting.delete(id)
    }
    if (method === undefined) return
    if (/^Runtime\.(?:exceptionThrown|consoleAPICalled)$|^Log\.entryAdded$/.test(method)) this.said.push(JSON.stringify(params))
    if (method === 'Network.requestWillBeSent') this.requested.push((params as { request: { url: string } }).request.url)
    this.awaited.get(method)?.()
    this.awaited.delete(method)
  }
}
