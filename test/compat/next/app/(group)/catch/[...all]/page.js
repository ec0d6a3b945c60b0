export default async function CatchAll({ params }) {
  return <p>{(await params).all.length}</p>
}
