import type { Program } from './program.js'
import { recordingPrograms } from './programs-recording.js'
import { wiringPrograms } from './programs-wiring.js'

/** Every runnable block, as a program. */
export const programs: readonly Program[] = [...recordingPrograms, ...wiringPrograms]

/** Sections whose blocks do not run yet, each with the reason and the file that they wait for. */
export const notYetCovered: Readonly<Record<number, { readonly why: string; readonly waitsFor: string }>> = {}

/** The same for names that covered sections only mention. */
export const notYetThere: Readonly<Record<string, { readonly why: string; readonly waitsFor: string }>> = {}
