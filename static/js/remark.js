// A button next to each line fills in the next empty remark; without JavaScript, reviewers type the line number.
for (const button of document.querySelectorAll("[data-remark]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const rows = [...document.querySelectorAll("fieldset.remark")];
    const row = rows.find((each) => !each.querySelector("textarea").value) ?? rows.at(-1);
    const picked = String(document.getSelection()).trim().slice(0, 200);
    row.querySelector("select").value = button.dataset.remark;
    row.querySelector("input[type=number]").value = button.dataset.line;
    if (picked) row.querySelector("input[type=text]").value = picked;
    row.querySelector("textarea").focus();
  });
}
