from guide.models.analytics import DailyCount, LinkCheck
from guide.models.articles import Article, ArticleRevision, Feedback, FormerSlug, Section, Withdrawal
from guide.models.editor import Autosave, EditorPreference
from guide.models.pictures import Picture
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
from guide.models.review import Proposal, ProposalDecision, Remark
from guide.models.search import BestAnswer, BestAnswerSearch, SearchEntry, SearchSynonym, SearchWord
from guide.models.site_pages import SitePage
from guide.models.support import HelpLine, HelpLineReport, Story, SupportGroup, Video, VideoTopic
from guide.models.treatments import MatrixCell, MatrixRow, Treatment

__all__ = [
    "Article",
    "ArticleRevision",
    "Autosave",
    "BestAnswer",
    "BestAnswerSearch",
    "DailyCount",
    "EditorPreference",
    "Feedback",
    "FormerSlug",
    "GlossaryTerm",
    "HelpLine",
    "HelpLineReport",
    "LinkCheck",
    "MatrixCell",
    "MatrixRow",
    "Milestone",
    "OutcomeArm",
    "OutcomeFigure",
    "Picture",
    "Proposal",
    "ProposalDecision",
    "Question",
    "QuestionGroup",
    "Remark",
    "SafetyMessage",
    "SearchEntry",
    "SearchSynonym",
    "SearchWord",
    "Section",
    "SideEffect",
    "SitePage",
    "Source",
    "Story",
    "SupportGroup",
    "Treatment",
    "Video",
    "VideoTopic",
    "Withdrawal",
]
