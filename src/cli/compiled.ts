/**
 * Loads files of the built program together with the code that V8 compiled for them in an earlier start of the same command. Node's own cache
 * (`module.enableCompileCache`) stores only functions that are called while a file is loaded; this one stores every function that the command called.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'

/** The number of bytes before the compiled code in a cache file: checksums of the source and of the code, 32 bits each. */
const HEAD_BYTES = 8
/** The exit code for wrong flags and scenarios. It repeats `errors.ts`, which is not loaded yet. */
const REFUSED = 2

const folder = dirname(__filename)
const loaded = new Map<string, { exports: unknown }>()
let purpose = 'start'
let place: string | undefined

/**
 * Loads a file of the built program (folder `dist`). Reuses the code that V8 compiled for it in earlier starts of the same `command`, which makes the
 * start faster. @throws whatever the file throws when it is loaded
 */
export function loadBuilt(file: string, command: string): unknown {
  purpose = command
  place = cacheFolder()
  return load(join(folder, file))
}

function load(path: string): unknown {
  const known = loaded.get(path)
  if (known) return known.exports
  const module = { exports: {} as unknown }
  loaded.set(path, module)
  const requireHere = createRequire(path)
  // Names with ./ are files of the same folder, such as bundled libraries; all others are modules of Node.
  const requirePart = (name: string): unknown => (name.startsWith('./') ? load(join(folder, name)) : requireHere(name))
  compiled(path)(module.exports, requirePart, importModule, module, path, folder)
  return module.exports
}

/**
 * The parameters of the function around a module: those that Node gives, and `importModule` in place of `import`, which is experimental in scripts
 * compiled here.
 */
const PARAMETERS = 'exports, require, importModule, module, __filename, __dirname'
type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  importModule: (url: string) => Promise<unknown>,
  module: object,
  filename: string,
  dirname: string,
) => void
const importModule = (url: string): Promise<unknown> => import(url)

function compiled(path: string): Wrapper {
  const bytes = bytesOf(path)
  const check = crc32(bytes)
  const file = place && join(place, `${basename(path)}-${purpose}-${process.version}-${process.arch}`)
  const cachedData = file && readCode(file, check)
  const script = new Script(`(function (${PARAMETERS}) { ${bytes.toString('latin1')}\n})`, {
    filename: path,
    cachedData: cachedData || undefined,
  })
  if (file && (!cachedData || script.cachedDataRejected)) keepAtExit(file, script, check)
  return script.runInThisContext() as Wrapper
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw Object.assign(new Error(`Cannot find module '${path}'`, { cause: error }), { code: 'MODULE_NOT_FOUND' })
  }
}

/** Reads compiled code from a cache file; undefined when there is none, when it is damaged, or when it was compiled from another source. */
function readCode(file: string, check: number): Buffer | undefined {
  try {
    const bytes = readFileSync(file)
    const code = bytes.subarray(HEAD_BYTES)
    return bytes.readUInt32LE(0) === check && bytes.readUInt32LE(4) === crc32(code) ? code : undefined
  } catch {
    return undefined
  }
}

/** Writes the compiled code to the cache when the process ends, because V8 compiles a function only when it is called first. */
function keepAtExit(file: string, script: Script, check: number): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  // V8 drops the code of functions that were not called for a while, such as those of the start in a long run.
  setFlagsFromString('--no-flush-bytecode')
  process.on('exit', (exitCode) => {
    // A run that was refused because of its flags or scenario has called too few functions to be worth caching.
    if (purpose === 'run' && exitCode === REFUSED) return
    // V8 rejects cached code that was made with other flags, so they are reset first.
    setFlagsFromString('--flush-bytecode')
    const code = script.createCachedData()
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt32LE(check, 0)
    head.writeUInt32LE(crc32(code), 4)
    writeWhole(file, Buffer.concat([head, code]))
  })
}

/**
 * Writes a file in one step, because other processes may read it at the same time. Errors are ignored: without the file the next start is only
 * slower.
 */
function writeWhole(file: string, bytes: Buffer): void {
  const unfinished = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(unfinished, bytes, { mode: 0o600 })
    renameSync(unfinished, file)
  } catch {
    try {
      rmSync(unfinished, { force: true })
    } catch {
      // The file is only a cache.
    }
  }
}

/**
 * Returns the folder for compiled code: that of NODE_COMPILE_CACHE, else one beside the program, else one in the user's cache. Only a folder that
 * belongs to the user is taken: anybody who can write there could change the code, and the user could not remove what root leaves there.
 */
function cacheFolder(): string | undefined {
  const { NODE_DISABLE_COMPILE_CACHE, NODE_COMPILE_CACHE, NODE_V8_COVERAGE, XDG_CACHE_HOME } = process.env
  if (NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE) return undefined
  if (NODE_COMPILE_CACHE) return join(NODE_COMPILE_CACHE, 'burn')
  if (isOwn(folder)) return join(folder, '.cache')
  const home = XDG_CACHE_HOME || join(homedir(), '.cache')
  return isOwn(home) ? join(home, 'token-burn') : undefined
}

const isOwn = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.uid === (process.getuid?.() ?? 0)
