import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverPath } from '../../servers/index.js'
import type { Service } from './compose-file.js'

/** What an image brings, as far as its services here need it: where a program of that image is on this machine. */
export interface Image {
  /** What is run; the service's command follows it. */
  readonly entrypoint: readonly string[]
  /** `SOURCE:TARGET:ro`: its programs and files. */
  readonly mounts: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** `user:group`, as numbers. */
  readonly user: string
  readonly folder: string
  /** Whose its folders are, where that is not root: a new volume takes it over. */
  readonly ownerOf: Readonly<Record<string, number>>
}

const NODE_USER = 1000
const NOBODY = 65_534
const APPLETS = ['sleep', 'chown', 'wget']

/** The image of a service; throws for one whose program cannot be had here. */
export function imageOf({ image, build }: Service): Image {
  const nothing = { environment: {}, user: '0:0', folder: '/', ownerOf: {}, entrypoint: [] }
  if (build !== undefined) {
    const { environment, user, folder } = readDockerfile(join(build.context, build.dockerfile))
    if (user !== 'node') throw new Error(`nobody knows the number of ${user} in node's image`)
    // One by one: the folder itself may be its owner's alone, as a clone in a temporary folder is.
    const files = readdirSync(build.context).filter((name) => !name.startsWith('.'))
    const copied = files.map((name) => `${join(build.context, name)}:${join(folder, name)}:ro`)
    const mounts = [program(process.execPath, 'node'), ...copied]
    return { ...nothing, environment, folder, user: `${NODE_USER}:${NODE_USER}`, mounts }
  }
  const name = image?.split(':')[0] ?? ''
  if (name === 'busybox') return { ...nothing, mounts: busybox() }
  if (name === 'otel/opentelemetry-collector-contrib') {
    const mounts = [program(serverPath('collector'), 'otelcol-contrib')]
    return { ...nothing, entrypoint: ['otelcol-contrib'], mounts, user: '10001:10001' }
  }
  if (name === 'prom/prometheus') {
    const mounts = [program(serverPath('prometheus'), 'prometheus'), ...busybox()]
    const ownerOf = { '/prometheus': NOBODY }
    return { ...nothing, entrypoint: ['prometheus'], mounts, user: `${NOBODY}:${NOBODY}`, ownerOf }
  }
  throw new Error(`no program for ${image}`)
}

const program = (path: string, name: string): string => `${path}:/image/bin/${name}:ro`

/** One program of many names, which looks at the name it was called by. */
const busybox = (): readonly string[] => APPLETS.map((applet) => program(serverPath('busybox'), applet))

/** What the last stage of a Dockerfile says of the image's environment, user and folder. */
function readDockerfile(path: string) {
  const stage =
    readFileSync(path, 'utf8')
      .split(/^FROM /m)
      .at(-1) ?? ''
  const all = (instruction: string): readonly string[] =>
    [...stage.matchAll(new RegExp(`^${instruction} (.+)$`, 'gm'))].map(([, rest]) => rest ?? '')
  const environment = Object.fromEntries(all('ENV').map((pair) => pair.split('=', 2)))
  return { environment, user: all('USER').at(-1) ?? 'root', folder: all('WORKDIR').at(-1) ?? '/' }
}
