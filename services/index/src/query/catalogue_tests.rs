use super::*;

fn listed(bucket_id: u32) -> Listed {
    Listed {
        bucket_id,
        storage_price: 20_0000,
        egress_price: 10_0000,
        latency_ms: 100,
        uptime_bps: 9_990,
        details: Details {
            name: format!("bucket {bucket_id}"),
            provider: "GA".to_owned(),
            region: "eu-central-1".to_owned(),
            country: "DE".to_owned(),
            api: "S3".to_owned(),
            max_storage_gb: 1_000,
            max_egress_gb: 1_000,
            ..Details::default()
        },
        ..Listed::default()
    }
}

fn ids(catalogue: &Catalogue, filter: &Filter) -> Vec<u32> {
    let all = catalogue.matching(filter);
    all.map(|entry| entry.bucket_id).collect()
}

fn three() -> Catalogue {
    let mut catalogue = Catalogue::default();
    catalogue.put_vendor(Vendor {
        address: "GB".to_owned(),
        name: "Bert's Disks".to_owned(),
        reputation: 70,
    });
    let mut second = listed(2);
    second.storage_price = 15_0000;
    second.features = VERSIONING | OBJECT_LOCKING;
    second.details.provider = "GB".to_owned();
    second.details.tags = vec!["Cold Storage".to_owned()];
    let mut third = listed(3);
    third.status = Status::Inactive;
    third.details.name = "Bucket 77".to_owned();
    third.details.reserved_storage_mb = 900 * 1_024;
    catalogue.put(third);
    catalogue.put(listed(1));
    catalogue.put(second);
    catalogue
}

#[test]
fn every_filter_keeps_what_it_says() {
    let catalogue = three();
    let all = || Filter::default();
    let text = |text: &str| Some(text.to_owned());
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    for (filter, expected) in [
        (all(), vec![1, 2, 3]),
        (
            Filter {
                status: Some(Status::Active),
                ..all()
            },
            vec![1, 2],
        ),
        (
            Filter {
                status: Some(Status::Deleted),
                ..all()
            },
            vec![],
        ),
        (
            Filter {
                max_storage_price: Some(15_0000),
                ..all()
            },
            vec![2],
        ),
        (
            Filter {
                max_egress_price: Some(9_9999),
                ..all()
            },
            vec![],
        ),
        (
            Filter {
                min_uptime_bps: Some(9_991),
                ..all()
            },
            vec![],
        ),
        (
            Filter {
                max_latency_ms: Some(100),
                ..all()
            },
            vec![1, 2, 3],
        ),
        (
            Filter {
                min_capacity_gb: Some(101),
                ..all()
            },
            vec![1, 2],
        ),
        (
            Filter {
                min_reputation: Some(70),
                ..all()
            },
            vec![2],
        ),
        (
            Filter {
                features: VERSIONING,
                ..all()
            },
            vec![2],
        ),
        (
            Filter {
                features: VERSIONING | AUTO_ACCEPT,
                ..all()
            },
            vec![],
        ),
        (
            Filter {
                provider: text("GB"),
                ..all()
            },
            vec![2],
        ),
        (
            Filter {
                provider: text("GC"),
                ..all()
            },
            vec![],
        ),
        (
            Filter {
                region: text("EU-central-1"),
                ..all()
            },
            vec![1, 2, 3],
        ),
        (
            Filter {
                region: text("eu"),
                ..all()
            },
            vec![],
        ),
        (
            Filter {
                country: text("de"),
                api: text("s3"),
                ..all()
            },
            vec![1, 2, 3],
        ),
        (
            Filter {
                words: words("bert"),
                ..all()
            },
            vec![2],
        ),
        (
            Filter {
                words: words("disks cold"),
                ..all()
            },
            vec![2],
        ),
        (
            Filter {
                words: words("bucket 77"),
                ..all()
            },
            vec![3],
        ),
        (
            Filter {
                words: words("nowhere"),
                ..all()
            },
            vec![],
        ),
    ] {
        assert_eq!(ids(&catalogue, &filter), expected, "{filter:?}");
    }
}

#[test]
fn an_exclusive_bucket_is_free_for_any_size_until_it_is_taken() {
    let mut catalogue = Catalogue::default();
    let mut bucket = listed(1);
    bucket.details.max_storage_gb = 0;
    bucket.details.max_egress_gb = 0;
    catalogue.put(bucket.clone());
    let huge = Filter {
        min_capacity_gb: Some(1 << 30),
        ..Filter::default()
    };
    assert_eq!(ids(&catalogue, &huge), [1]);
    bucket.details.reserved_storage_mb = 1;
    catalogue.put(bucket);
    assert_eq!(ids(&catalogue, &huge), [] as [u32; 0]);
}

#[test]
fn pages_put_together_are_the_whole_list_in_order_though_buckets_come_meanwhile() {
    let mut catalogue = Catalogue::default();
    for id in 1..=50 {
        let mut bucket = listed(id * 2);
        bucket.storage_price = u64::from(id % 7);
        catalogue.put(bucket);
    }
    let any = Filter::default();
    for sort in [
        Sort::StoragePrice,
        Sort::Newest,
        Sort::Capacity,
        Sort::Reputation,
    ] {
        for descending in [false, true] {
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let order = (sort, descending);
                let (page, more) = catalogue.search(&any, order, after, 7);
                seen.extend(page.iter().map(|(key, _)| *key));
                after = page.last().map(|(key, _)| *key);
                if !more {
                    break;
                }
            }
            assert!(seen.is_sorted());
            assert_eq!(seen.len(), 50, "{sort:?}");
        }
    }
    let order = (Sort::StoragePrice, false);
    let (page, _) = catalogue.search(&any, order, None, 10);
    let after = page.last().map(|(key, _)| *key);
    let (rest, _) = catalogue.search(&any, order, after, 100);
    let rest: Vec<_> = rest.iter().map(|(key, _)| key.1).collect();
    let mut early = listed(1);
    early.storage_price = 0;
    catalogue.put(early);
    let (again, _) = catalogue.search(&any, order, after, 100);
    let again: Vec<_> = again.iter().map(|(key, _)| key.1).collect();
    assert_eq!(rest, again);
}
