// Says before anything is sent that a chosen file is too large. The server says so too, after the wait.
for (const input of document.querySelectorAll("input[type=file][data-largest]")) {
  input.addEventListener("change", () => {
    const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
    input.setCustomValidity(tooLarge ? "This file is larger than 10 MB. Please choose a smaller one." : "");
    input.reportValidity();
  });
}
