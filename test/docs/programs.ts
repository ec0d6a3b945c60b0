import type { Program } from './program.js'
import { recordingPrograms } from './programs-recording.js'
import { wiringPrograms } from './programs-wiring.js'

/** Every block that runs, as a program. */
export const programs: readonly Program[] = [...recordingPrograms, ...wiringPrograms]

/** Sections whose blocks do not run yet, each with the reason and the file whose arrival makes them due. */
export const notYetCovered: Readonly<Record<number, { readonly why: string; readonly waitsFor: string }>> = {}

/** Names that covered sections only mention, in the same way. */
export const notYetThere: Readonly<Record<string, { readonly why: string; readonly waitsFor: string }>> = {}
