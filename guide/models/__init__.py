from guide.models.articles import Article, ArticleRevision, Feedback, RevisionDecision, Section
from guide.models.changes import ReferenceChange, ReferenceDecision
from guide.models.editor import (
    Autosave,
    DailyCount,
    EditorPreference,
    LinkCheck,
    Remark,
)
from guide.models.reference import (
    GlossaryTerm,
    Milestone,
    OutcomeArm,
    OutcomeFigure,
    Question,
    QuestionGroup,
    SafetyMessage,
    SideEffect,
    Source,
)
from guide.models.search import SearchEntry, SearchWord
from guide.models.support import HelpLine, Story, SupportGroup, Video, VideoTopic
from guide.models.treatments import MatrixCell, MatrixRow, Treatment

__all__ = [
    "Article",
    "ArticleRevision",
    "Autosave",
    "DailyCount",
    "EditorPreference",
    "Feedback",
    "GlossaryTerm",
    "HelpLine",
    "LinkCheck",
    "MatrixCell",
    "MatrixRow",
    "Milestone",
    "OutcomeArm",
    "OutcomeFigure",
    "Question",
    "QuestionGroup",
    "ReferenceChange",
    "ReferenceDecision",
    "Remark",
    "RevisionDecision",
    "SafetyMessage",
    "SearchEntry",
    "SearchWord",
    "Section",
    "SideEffect",
    "Source",
    "Story",
    "SupportGroup",
    "Treatment",
    "Video",
    "VideoTopic",
]
