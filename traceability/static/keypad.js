// Keys of our own beside the totals: large enough for wet thumbs, and no keyboard of the phone slides over the sums.
// An extra for fingers: whoever wants the phone's keyboard taps its button, and that is remembered on this phone.

const keys = document.querySelector("[data-keys]");
const toggle = document.querySelector("[data-keyboard]");
const form = keys.closest("form");
const KEPT = "keyboard of the phone";
const numbers = () => [...form.querySelectorAll("input[inputmode=decimal], input[inputmode=numeric], input[data-keyed]")];

const remembered = (work) => {
  try {
    return work(window.localStorage);
  } catch {
    return null; // a browser that keeps nothing begins with our keys every time
  }
};

function show(own) {
  for (const input of numbers()) {
    input.dataset.keyed ??= input.inputMode;
    input.inputMode = own ? "none" : input.dataset.keyed;
  }
  keys.hidden = !own;
  toggle.setAttribute("aria-pressed", String(!own));
}

let target = null;
const typedInto = () => (target?.isConnected ? target : numbers().find((input) => !input.value) ?? numbers()[0]);

function press(key) {
  const input = typedInto();
  input.focus();
  let [start, end] = [input.selectionStart, input.selectionEnd];
  if (!key && start === end) start = Math.max(0, start - 1);
  input.setRangeText(key, start, end, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

form.addEventListener("focusin", ({ target: input }) => {
  if (numbers().includes(input)) target = input;
});
keys.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps its cursor
keys.addEventListener("click", ({ target: tapped }) => {
  const key = tapped.closest("button");
  if (key) press(key.value);
});
toggle.addEventListener("click", () => {
  const own = keys.hidden;
  remembered((storage) => (own ? storage.removeItem(KEPT) : storage.setItem(KEPT, "yes")));
  show(own);
  typedInto().focus();
});
if (window.matchMedia("(pointer: coarse)").matches) {
  toggle.hidden = false;
  target = numbers().find((input) => input === document.activeElement) ?? null;
  show(!remembered((storage) => storage.getItem(KEPT)));
}
