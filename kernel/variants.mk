# The variants: one choice per policy.  Each policy is a header with one file
# per choice; everything else is the same code in all variants.
#
#   policy                         header        choices
#   what fork does with pages      mm/cow.h      fork_eager   fork_cow
#   how pages are counted          mm/page.h     count_none count_locked count_atomic
#   where free pages are           mm/page_impl.h pagelist_global pagelist_percpu
#   what a sole owner's write does mm/cow.h      cow_copy     cow_upgrade

VARIANTS := eager baseline scalable

policy_eager    := fork_eager count_none   pagelist_global cow_copy
policy_baseline := fork_cow   count_locked pagelist_global cow_copy
policy_scalable := fork_cow   count_atomic pagelist_percpu cow_upgrade

ALL_POLICIES := $(sort $(foreach v,$(VARIANTS),$(policy_$(v))))
