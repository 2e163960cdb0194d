// A photo is made as small as it will be kept before it is sent: seconds instead of minutes where the signal is weak.
// Without this file it is sent as it is, and made smaller there.

const LONGEST_SIDE = 1600; // pixels, as the server keeps it
const SMALL = 500_000; // bytes: not worth the trouble
const PATIENCE = 20_000; // milliseconds: a phone that takes longer sends the photo as it is

async function smaller(photo) {
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return drawn && drawn.size < photo.size ? new File([drawn], "photo.jpg", { type: "image/jpeg" }) : photo;
}

async function shrink(input) {
  const chosen = input.files[0];
  if (!chosen?.type.startsWith("image/") || chosen.size < SMALL) return;
  const photo = await smaller(chosen);
  if (input.files[0] !== chosen) return; // another was chosen meanwhile
  const files = new DataTransfer();
  files.items.add(photo);
  input.files = files.files;
}

for (const input of document.querySelectorAll("[data-photo]")) {
  let work = null;
  input.addEventListener("change", () => {
    const mine = shrink(input).catch(() => {}); // what cannot be drawn is refused there
    work = mine;
    mine.then(() => (work = work === mine ? null : work));
  });
  input.form.addEventListener("submit", async (event) => {
    if (!work) return;
    event.preventDefault(); // a form that is being sent cannot be sent again before this event is over
    const button = event.submitter;
    input.form.setAttribute("aria-busy", "true");
    await Promise.race([work, new Promise((done) => setTimeout(done, PATIENCE))]);
    work = null;
    input.form.removeAttribute("aria-busy");
    input.form.requestSubmit(button);
  });
}
