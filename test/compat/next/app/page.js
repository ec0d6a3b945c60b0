async function save(form) {
  'use server'
  if (form.get('name') === 'fail') {
    // A static import makes the page an asynchronous module where packages are external, whose actions Next 15 does not find.
    const { fail } = await import('../fail')
    await fail()
  }
  const { trackError } = await import('@quipu/sdk')
  trackError('by_action')
  globalThis.savedLength = String(form.get('name')).length
}

export default function Page() {
  return (
    <form action={save}>
      <input name="name" />
      <button type="submit">Save</button>
    </form>
  )
}
