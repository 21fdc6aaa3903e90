"use strict";
// Every form works without this: it adds one box that chooses all records of a page.
for (const table of document.querySelectorAll("table")) {
  const boxes = [...table.querySelectorAll("input.choose")];
  const head = table.querySelector("thead th");
  if (!boxes.length || !head) continue;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Choose all of this page");
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  head.append(" ", all);
}
