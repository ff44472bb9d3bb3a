/** The row of a statement that always answers one. */
export function onlyRow<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("The library lost a row inside a transaction.");
  return row;
}
