"use strict";
const cases = [...document.querySelectorAll(".case")];
const selects = [...document.querySelectorAll("#filter select")];
const search = document.getElementById("search");
const texts = new Map(cases.map((one) => [one, one.textContent.toLowerCase()]));

const fits = (one) =>
  selects.every(({ value, dataset }) => !value || one.dataset[dataset.by].split(" ").includes(value) || one.dataset[dataset.by] === value) &&
  search.value.toLowerCase().split(/\s+/).every((word) => texts.get(one).includes(word));

function filter() {
  let shown = 0;
  for (const one of cases) {
    one.hidden = !fits(one);
    shown += !one.hidden;
  }
  document.getElementById("count").textContent = `${shown} of ${cases.length}`;
  document.getElementById("nothing").hidden = shown > 0;
}

document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", filter);
for (const select of selects) select.addEventListener("change", filter);
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  const field = name === "search" ? search : selects.find((one) => one.dataset.by === name);
  if (field) field.value = value;
}
filter();
