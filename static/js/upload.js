// Report a file that is too large before it is sent. The server checks the size too.
for (const input of document.querySelectorAll("input[type=file][data-largest]")) {
  input.addEventListener("change", () => {
    const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
    input.setCustomValidity(tooLarge ? "This file is larger than 10 MB. Please choose a smaller one." : "");
    input.reportValidity();
  });
}
