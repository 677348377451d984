/** Modules loaded before the command: they break something in Node under it, or watch what it loads. The command itself knows nothing of them. */
import type { Home } from './harness.ts'

const THROW = "throw new Error('provoked by the test')"

const BREAKS = {
  /** The first failed attempt cannot be counted. */
  'Map.get of http_status': `
    const get = Map.prototype.get
    Map.prototype.get = function (key) {
      if (typeof key === 'string' && key.includes('"http_status"')) ${THROW}
      return get.call(this, key)
    }`,
  /** A timer of the generator's own watch breaks once, after it went well for a while. */
  'rss once': `
    const { rss } = process.memoryUsage
    let calls = 0
    process.memoryUsage.rss = () => { if (++calls === 20) ${THROW}; return rss() }`,
  'rss always': `
    const { rss } = process.memoryUsage
    let calls = 0
    process.memoryUsage.rss = () => { if (++calls >= 8) ${THROW}; return rss() }`,
  /** The disk refuses one file. */
  'rename of junit': `
    import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs
    fs.rename = (from, to) => String(to).endsWith('junit.xml')
      ? Promise.reject(Object.assign(new Error('ENOSPC: provoked by the test'), { code: 'ENOSPC' })) : rename(from, to)
    syncBuiltinESMExports()`,
  'rename of result': `
    import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs
    fs.rename = (from, to) => String(to).endsWith('result.json')
      ? Promise.reject(Object.assign(new Error('ENOSPC: provoked by the test'), { code: 'ENOSPC' })) : rename(from, to)
    syncBuiltinESMExports()`,
  /** The disk is full as long as the journal takes more than 3000 bytes of it. */
  'room beside the journal': `
    import { statSync } from 'node:fs'
    import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs
    fs.rename = (from, to) => statSync('out/sessions.jsonl').size > 3000
      ? Promise.reject(Object.assign(new Error('ENOSPC: provoked by the test'), { code: 'ENOSPC' })) : rename(from, to)
    syncBuiltinESMExports()`,
  /** A read-only disk, of which Node's recursive mkdir says that the folder is not there. */
  'making folders': `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    fs.mkdirSync = (path, options) => {
      const [code, words] = options?.recursive ? ['ENOENT', 'no such file or directory'] : ['EROFS', 'read-only file system']
      throw Object.assign(new Error(code + ': ' + words + ', mkdir ' + path), { code })
    }
    syncBuiltinESMExports()`,
  /** Connections are never made, as behind a firewall that drops packets. */
  'connecting hangs': `
    import net from 'node:net'
    import { syncBuiltinESMExports } from 'node:module'
    net.connect = () => new net.Socket()
    syncBuiltinESMExports()`,
} as const

/** Arguments for Node that break this. */
export function breaking(home: Home, what: keyof typeof BREAKS): string[] {
  return ['--import', `./${home.write('preload.mjs', BREAKS[what])}`]
}

/** Arguments for Node that do not find a package: it is missing, or so old that it lacks what is imported from it. */
export function lacking(home: Home, name: string, why: 'missing' | 'old'): string[] {
  const other = why === 'old' ? home.write('old.mjs', 'export const old = true') : 'burn-has-no-such-package'
  const text = `
    import { registerHooks } from 'node:module'
    const other = ${why === 'old' ? `new URL(${JSON.stringify(other)}, import.meta.url).href` : JSON.stringify(other)}
    registerHooks({ resolve: (name, context, next) => next(name === ${JSON.stringify(name)} ? other : name, context) })`
  return ['--import', `./${home.write('preload.mjs', text)}`]
}

/** Arguments for Node that write the address of every module it loads into `loaded.txt`. */
export function listingModules(home: Home): string[] {
  const text = `
    import { appendFileSync } from 'node:fs'
    import { registerHooks } from 'node:module'
    registerHooks({ load(url, context, next) { appendFileSync('loaded.txt', url + '\\n'); return next(url, context) } })`
  return ['--import', `./${home.write('preload.mjs', text)}`]
}
