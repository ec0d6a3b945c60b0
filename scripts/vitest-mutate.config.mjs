import base from '../vitest.config.ts'

// The tests that mutants of one package are run with: its own, which `npm run mutate` names.
const { QUIPU_MUTATED_PACKAGE: name } = process.env

export default {
  ...base,
  test: { ...base.test, include: [`packages/${name}/src/**/*.test.ts`] },
}
