// The hectares beside an area while it is typed in another unit. An extra: the server reads the number itself, and
// without a script a button shows the same.

import { asciiForms } from "./offline/quantity.js";

// Square metres, and NaN where the server would ask or refuse.
function squareMetres(text, metres) {
  const plain = asciiForms(text).replace(/[\s\u200b]/g, "").replace(",", ".");
  const twoMeanings = /^[1-9]\d{0,2}\.\d{3}$/.test(plain);
  const [times, parts] = metres.split("/").map(Number);
  return /^\d+(\.\d+)?$/.test(plain) && !twoMeanings ? Math.round((Number(plain) * times) / parts) : NaN;
}

// `example` is one and a half hectares as the page writes them: it tells the decimal mark and the sign.
function hectares(area, example) {
  const whole = String(Math.floor(area / 10000)).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  const rest = String(area % 10000).padStart(4, "0").replace(/0+$/, "");
  return whole + (rest && example[1] + rest) + example.slice(3);
}

for (const place of document.querySelectorAll("[data-hectares]")) {
  const form = place.closest("form");
  const typed = form.elements[place.dataset.hectares];
  const metres = Object.fromEntries(place.dataset.metres.split(" ").map((unit) => unit.split(":")));
  const show = () => {
    const unit = form.elements.area_unit.value;
    const area = squareMetres(typed.value, metres[unit] ?? "10000/1");
    place.textContent = area > 0 && unit !== "ha" ? `= ${hectares(area, place.dataset.example)}` : "";
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}
