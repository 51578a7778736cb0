"""What only the operator can say for Admarkt: the tenant's categories and attributes, and money."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from syndicator.exporters._advert import SingleField
from syndicator.exporters._portal import (
    PortalOptions,
)
from syndicator.mistakes import wrong

Category = Annotated[int, Field(strict=True, ge=1)]
Cents = Annotated[int, Field(strict=True, ge=1)]
Name = Annotated[str, Field(min_length=1, max_length=32)]


class Attribute(BaseModel):
    """A category's attribute; ``values`` are its words for ours, where they differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    label: str = Field(default="", max_length=32)
    values: dict[str, str] = {}


class Budget(BaseModel):
    """What an ad may cost, in cents: by click, or bid by the portal within the limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpc: Cents | None = None
    autobid: bool = False
    total_budget: Cents
    daily_budget: Cents | None = None

    @model_validator(mode="after")
    def _one_bid(self) -> Self:
        if (self.cpc is None) is not self.autobid:
            raise wrong("must have either cpc or autobid = true")
        if self.daily_budget is not None and self.daily_budget > self.total_budget:
            raise wrong("daily_budget is more than total_budget")
        return self


def _makes(categories: dict[str, int]) -> dict[str, int]:
    """By the folded name, in which the makes of listings are looked up."""
    if not categories:
        raise wrong("is empty", "the categories of the tenant are by make: Skoda = 100001")
    folded = {make.casefold(): number for make, number in categories.items()}
    if len(folded) < len(categories):
        raise wrong("has a make twice, in other letters")
    return categories


def _names(attributes: Mapping[str, Attribute]) -> Mapping[str, Attribute]:
    names = {each.name for each in attributes.values()}
    if len(names) < len(attributes):
        raise wrong("has two fields for one attribute")
    return attributes


class Options(PortalOptions):
    """``categories``: make to the tenant's category; ``attributes``: our field to the tenant's.

    Both are the tenant's own, and an ad costs money, so none of the three has a default.
    """

    filename: str = "admarkt.xml"
    categories: Annotated[dict[str, Category], AfterValidator(_makes)] = Field(
        description="make to the number of the tenant's category"
    )
    attributes: Annotated[dict[SingleField, Attribute], AfterValidator(_names)] = Field(
        description="our field to the name of the category's attribute"
    )
    budget: Budget = Field(description="cpc or autobid, total_budget, daily_budget; cents")
    without_price: Literal["leave-out", "ON_DEMAND"] = "leave-out"
    email_advertiser: bool = Field(default=False, description="let buyers write an e-mail")
    pickup: bool = Field(default=False, description="where the category asks for delivery")
