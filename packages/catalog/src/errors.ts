import { ERROR } from './global-symbols.js'

/** Parts of a coded error. */
export interface ErrorDetails {
  /** The problem, in one sentence. */
  readonly what: string
  readonly got: string
  readonly fix: string
  readonly cause?: unknown
}

interface ErrorEntry {
  readonly meaning: string
  readonly remedy: string
}

/** All error codes. docs/errors.md is generated from this table. */
export const errorCodes = {
  QUIPU_ALREADY_STARTED: {
    meaning: '`start()` was called a second time with other options than the first time.',
    remedy:
      'Call `start()` once with all options, or `shutdown()` first. A second call with the same options returns the running object.',
  },
  QUIPU_BACKEND_REFUSES: {
    meaning:
      'A back end does not accept what a preset is configured to send, such as cumulative metrics, or accepts no metrics ' +
      'from an application at all.',
    remedy: 'Leave the option out, so that the preset chooses, or send to an OpenTelemetry Collector that converts.',
  },
  QUIPU_BIND_REFUSED: {
    meaning: 'The pages would be open to every host that reaches this one, without a token or password.',
    remedy:
      'Listen on `127.0.0.1`, ask for a token (`auth: { bearer }`), or set `allowPublic: true` where the network keeps ' +
      'strangers away.',
  },
  QUIPU_CATALOG_INVALID: {
    meaning: 'A catalogue entry is invalid: an unknown key, a wrong type, or settings that exclude one another.',
    remedy: 'Correct the entry that the message names. `MetricSpec` and `EventSpec` describe every key.',
  },
  QUIPU_CATALOG_LABEL_COLLISION: {
    meaning:
      'Two labels of one metric have the same name on a Prometheus page, where dots and other characters become `_`.',
    remedy: 'Rename one of the two labels.',
  },
  QUIPU_CATALOG_NAME_COLLISION: {
    meaning:
      'Two metrics would be exported under one name, after unit and type suffixes are added and case is ignored. ' +
      'Prometheus would merge them without a warning and lose samples.',
    remedy: "Rename one of the two, or give its catalogue a prefix: `defineMetrics({ … }, { prefix: 'shop_' })`.",
  },
  QUIPU_CATALOG_RESERVED_LABEL: {
    meaning: 'A label has a name that the exposition formats reserve: `le`, `quantile`, `otel_scope_*` or `__*`.',
    remedy: 'Rename the label.',
  },
  QUIPU_CONFIG_INVALID: {
    meaning: 'An option or environment variable has an invalid value.',
    remedy: 'Correct the option or variable that the message names.',
  },
  QUIPU_KEY_TOO_SHORT: {
    meaning:
      'The key of the pseudonyms has fewer than 16 characters, so that it could be found by trial from a few pseudonyms.',
    remedy: 'Use a random secret of at least 16 characters, or omit the key: each start then generates one.',
  },
  QUIPU_LISTEN_FAILED: {
    meaning:
      'The server of the pages cannot listen on its address: the address does not belong to this host, or the port is privileged.',
    remedy: 'Use an address of this host, such as `127.0.0.1`, and a port from 1024 up.',
  },
  QUIPU_MODULE_NOT_LOADED: {
    meaning:
      "A package that an option needs is not installed, or OpenTelemetry's SDK, which sends the metrics, cannot be " +
      'loaded. A bundle that is an ES module has no `require`, which the CommonJS packages in the bundle call for the ' +
      'modules of Node.',
    remedy:
      "Install the package that the error names. Give the bundle a `require` (esbuild: `--banner:js=\"import { createRequire as toRequire } from 'node:module'; const require = " +
      'toRequire(import.meta.url)"`), bundle to CommonJS, or leave the packages out of the bundle (esbuild: ' +
      '`--packages=external`) and install them. Pages do not need these packages.',
  },
  QUIPU_PORT_IN_USE: {
    meaning: 'Another program listens on the port of the pages.',
    remedy: 'Choose another port, or `port: 0` for any free one.',
  },
  QUIPU_SPOOL_REFUSED: {
    meaning: 'The folder of the spool is a link, belongs to another user, or can be written to by another user.',
    remedy:
      'Name a folder that belongs to the user of the process and that only this user may write to (`chmod 700`), or one ' +
      'that does not exist yet.',
  },
  QUIPU_STRICT: {
    meaning: 'A recorder created with `strict: true` received input that it would otherwise drop and count.',
    remedy: 'Correct the call. Strict recorders are for tests: a recorder of an application never throws.',
  },
  QUIPU_UNKNOWN_METRIC: {
    meaning: '`metric(name)` was called with a name that is not in the catalogue.',
    remedy: 'Correct the name, or define the metric and pass its catalogue to the recorder.',
  },
} as const satisfies { readonly [code: string]: ErrorEntry }

/** A code of `errorCodes`. */
export type ErrorCode = keyof typeof errorCodes

/**
 * The only error that Quipu throws, and only from construction and configuration. Its message states the problem, the
 * value that caused it and the fix.
 *
 * @see https://github.com/quipu-metrics/quipu/blob/main/docs/errors.md
 * @example
 * try {
 *   start({ prometheus: { port: -1 } })
 * } catch (error) {
 *   if (QuipuError.isInstance(error)) console.error(error.code, error.fix)
 * }
 */
export class QuipuError extends Error {
  readonly code: ErrorCode
  declare readonly what: string
  declare readonly got: string
  declare readonly fix: string

  constructor(code: ErrorCode, { what, got, fix, cause }: ErrorDetails) {
    super(
      `${what}\n  got:  ${got}\n  fix:  ${fix}\n  see:  docs/errors.md#${code.toLowerCase()}`,
      cause === undefined ? undefined : { cause },
    )
    this.code = code
    // The message already contains these, so an inspector does not list them again.
    hide(this, 'name', `QuipuError [${code}]`)
    hide(this, 'what', what)
    hide(this, 'got', got)
    hide(this, 'fix', fix)
    hide(this, ERROR, true)
  }

  /** Returns whether `error` is a QuipuError, also one of another copy of this package. Never throws. */
  static isInstance(error: unknown): error is QuipuError {
    return error instanceof Error && ERROR in error
  }
}

function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true })
}

/**
 * Renders docs/errors.md, with a section for each error code. Never throws.
 *
 * @example
 * errorsDoc().includes('## QUIPU_CONFIG_INVALID') // true
 */
export function errorsDoc(): string {
  const sections = Object.entries(errorCodes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, remedy }]) => `## ${code}\n\n${meaning}\n\n**What to do:** ${remedy}\n`)
  return [
    '# Errors\n',
    'Recording never throws. Only construction and configuration do, with a `QuipuError` that has one of these codes.',
    'Generated from `packages/catalog/src/errors.ts`.\n',
    ...sections,
  ].join('\n')
}
